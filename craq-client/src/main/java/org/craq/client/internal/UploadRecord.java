package org.craq.client.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import org.craq.client.PutOptions;

/**
 * Records in a small file under which write id the put of a local file has begun, so that the same put can resume it. A file that has
 * changed since then counts as another one.
 */
final class UploadRecord {
    private static final String UPLOAD = "upload";
    /** Records have always named the path of the upload, by which tus clients know it. */
    private static final String PATH = "/v1/uploads/";

    private final Path file;
    private final Properties wanted = new Properties();

    /**
     * Describes a put.
     *
     * @param folder folder for the records of all puts, created when the first is written
     * @param managers the managers' addresses, separated by commas
     */
    UploadRecord(Path folder, String managers, String name, Path source, PutOptions options) throws IOException {
        FileState state = FileState.of(source);
        wanted.setProperty("managers", managers);
        wanted.setProperty("name", name);
        wanted.setProperty("source", source.toAbsolutePath().normalize().toString());
        wanted.setProperty("bytes", Long.toString(state.bytes()));
        wanted.setProperty("modified", state.modified().toString());
        wanted.setProperty("type", options.contentType());
        wanted.setProperty("texts", new TreeMap<>(options.userMetadata()).toString());
        wanted.setProperty(
                "condition", options.precondition().map(Object::toString).orElse(""));
        wanted.setProperty("file", state.key().orElse(""));
        String key = managers + "\0" + name + "\0" + wanted.getProperty("source");
        file = folder.resolve(UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)) + ".properties");
    }

    /** Returns the write id of the put that was begun for this file as it is now; empty if there is none. */
    Optional<UUID> begun() {
        Properties found = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            found.load(in);
        } catch (IOException | IllegalArgumentException e) {
            // There is no readable record, so a new upload is started.
            return Optional.empty();
        }
        Object path = found.remove(UPLOAD);
        return path != null && found.equals(wanted) ? writeId(path.toString()) : Optional.empty();
    }

    private static Optional<UUID> writeId(String path) {
        try {
            return Optional.of(UUID.fromString(path.substring(path.lastIndexOf('/') + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    void begin(UUID writeId) throws IOException {
        Files.createDirectories(file.getParent());
        Properties all = new Properties();
        all.putAll(wanted);
        all.setProperty(UPLOAD, PATH + writeId);
        try (OutputStream out = Files.newOutputStream(file)) {
            all.store(out, "an upload that the same put can resume");
        }
    }

    void end() throws IOException {
        Files.deleteIfExists(file);
    }
}
