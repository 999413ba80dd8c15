package org.craq.client.internal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Function;
import org.craq.client.FailureReason;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.tls.PrivateFile;

/**
 * A secret in the only line of a file. The file is read again when it has changed; if it can't be used then, the former
 * content stays in use. Thread-safe.
 *
 * @param <T> the form of the secret
 */
final class SecretFile<T> {
    private static final Logger LOG = System.getLogger(SecretFile.class.getName());
    private static final int MOST_BYTES = 8 << 10;

    private final Path file;
    private final String what;
    private final Function<String, T> form;
    private volatile Content<T> content;

    private record Content<T>(String stamp, T secret) {}

    /**
     * Reads the file for the first time.
     *
     * @param what the file holds, for messages, such as "a token"
     * @param form parses the line; throws IllegalArgumentException, without the secret in its message
     * @throws CraqException INVALID_ARGUMENT, with the file and what is wrong with it
     */
    SecretFile(Path file, String what, Function<String, T> form) {
        this.file = file;
        this.what = what;
        this.form = form;
        try {
            content = read(stamp());
        } catch (IOException e) {
            String text = FailureReason.ofFile(e);
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, text.contains(file.toString()) ? text : file + ": " + text, e);
        }
    }

    T secret() {
        Content<T> known = content;
        String now = stamp();
        if (now.equals(known.stamp())) {
            return known.secret();
        }
        Content<T> next;
        try {
            next = read(now);
        } catch (IOException e) {
            LOG.log(Level.WARNING, () -> "the former content of " + file + " stays in use: " + FailureReason.ofFile(e));
            next = new Content<>(now, known.secret());
        }
        content = next;
        return next.secret();
    }

    /** Returns a text that changes with the file; it is the same for any file that can't be found. */
    private String stamp() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException e) {
            return "";
        }
    }

    private Content<T> read(String stamp) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is too long to hold " + what);
        }
        PrivateFile.require(file, what);
        String line = Files.readString(file).strip();
        if (line.isEmpty() || line.lines().count() > 1) {
            throw new IOException(file + " must have one line with " + what);
        }
        try {
            return new Content<>(stamp, form.apply(line));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
