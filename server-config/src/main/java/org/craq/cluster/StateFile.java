package org.craq.cluster;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.craq.client.FailureReason;

/** Stores a {@link ClusterState} as {@code cluster.json} in the data directory, readable by its owner only. */
final class StateFile {
    private static final Gson JSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Path file;

    StateFile(Path dataDirectory) {
        file = dataDirectory.resolve("cluster.json");
    }

    /** Returns the stored state; empty if there has been no cluster yet. */
    Optional<ClusterState> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(Files.readString(file)));
        } catch (IOException e) {
            throw new ClusterException(file + " can't be read: " + FailureReason.ofFile(e), e);
        }
    }

    /** Replaces the file atomically: a reader sees the old state or the new one. */
    void write(ClusterState state) {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(next);
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(next, JSON.toJson(state));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ClusterException(file + " can't be written: " + FailureReason.ofFile(e), e);
        }
    }

    private ClusterState parse(String text) {
        Optional<ClusterState> state;
        try {
            state = Optional.ofNullable(JSON.fromJson(text, ClusterState.class));
        } catch (RuntimeException e) {
            // The text is not JSON, or a record refused its values, which the parser wraps in exceptions of various
            // types.
            throw damaged(e);
        }
        return state.orElseThrow(() -> damaged(null));
    }

    private ClusterException damaged(Throwable cause) {
        return new ClusterException(
                file + " is damaged. Stop the servers that are still running by hand, then delete this file.", cause);
    }
}
