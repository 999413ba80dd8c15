package org.craq.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.wire.ErrorCode;

/**
 * Explains to people why a file operation or a connection failed, where the JDK offers only an exception type or the
 * names of its internals.
 */
public final class FailureReason {
    private static final String LOST = "the connection was lost";

    /** Phrases in messages of the JDK's HTTP client that mean that the other side has closed the connection. */
    private static final List<String> OF_LOST_CONNECTIONS = List.of(
            "SocketTube",
            "SelectorManager",
            "EOF reached",
            "header parser received no bytes",
            "fixed content-length",
            "Broken pipe",
            "Connection reset",
            "GOAWAY");

    private static final Map<Class<?>, String> OF_FILES = Map.of(
            NoSuchFileException.class, "no such file",
            NotDirectoryException.class, "is not a folder",
            AccessDeniedException.class, "permission denied",
            FileAlreadyExistsException.class, "already exists",
            DirectoryNotEmptyException.class, "is a folder that is not empty",
            FileSystemLoopException.class, "is a symbolic link that leads back to itself");

    private FailureReason() {}

    /** Describes what is wrong with a local file, beginning with its name. */
    public static String ofFile(Exception failure) {
        if (failure instanceof FileSystemException file) {
            return file.getFile() == null ? why(file) : file.getFile() + ": " + why(file);
        }
        if (failure instanceof InvalidPathException name) {
            return "'" + name.getInput() + "' can't be the name of a local file: " + name.getReason();
        }
        return Optional.ofNullable(failure.getMessage()).orElse("reading or writing a local file failed");
    }

    /** Describes what is wrong with a file, without its name. */
    public static String why(IOException failure) {
        if (failure instanceof FileSystemException file) {
            return Optional.ofNullable(file.getReason())
                    .orElse(OF_FILES.getOrDefault(file.getClass(), "the file system refused it"));
        }
        return Optional.ofNullable(failure.getMessage()).orElse("reading or writing failed");
    }

    /**
     * Says what a caller can do about a refusal by a cluster that has users: UNAUTHENTICATED, PERMISSION_DENIED. Empty for
     * any other error.
     */
    public static Optional<String> remedy(ErrorCode code) {
        return switch (code) {
            case UNAUTHENTICATED ->
                Optional.of("get a token with 'craq login', or name an access key: --access-key-file FILE");
            case PERMISSION_DENIED ->
                Optional.of(
                        "an administrator can allow it: craq grant add USER ROLE:PREFIX; 'craq whoami' shows what you"
                                + " may do");
            default -> Optional.empty();
        };
    }

    /** Describes why a connection failed. */
    public static String ofConnection(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpTimeoutException) {
                return "no answer in time";
            }
            if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
                return "its host name is unknown";
            }
            if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
                return "its certificate was not issued by an authority that is trusted (name those of the cluster: --ca"
                        + " FILE, or ClientTls in Java)";
            }
            root = cause;
        }
        String text = root.getMessage();
        if (text == null) {
            return root instanceof ConnectException || !(root instanceof ClosedChannelException)
                    ? "the connection failed"
                    : LOST;
        }
        return OF_LOST_CONNECTIONS.stream().anyMatch(text::contains) ? LOST : text;
    }
}
