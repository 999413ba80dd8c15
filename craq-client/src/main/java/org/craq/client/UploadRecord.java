package org.craq.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import org.craq.client.FileState;
import org.craq.client.PutOptions;

/**
 * Records in a small file where the upload of a local file was started, so that the same command can resume it. A file
 * that has changed since then counts as another upload.
 */
final class UploadMemory {
    private static final String UPLOAD = "upload";

    private final Path note;
    private final Properties wanted = new Properties();

    /**
     * Describes an upload.
     *
     * @param folder folder for the records of all uploads, created when the first is written
     */
    UploadMemory(Path folder, String managers, String name, Path source, PutOptions options) throws IOException {
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
        note = folder.resolve(UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)) + ".properties");
    }

    /**
     * Returns the folder of the records: CRAQ_STATE, or the user's folder for the state of programs (XDG base directory
     * specification).
     */
    static Path folder(Map<String, String> environment) {
        String own = environment.get("CRAQ_STATE");
        String common = environment.get("XDG_STATE_HOME");
        if (own != null && !own.isEmpty()) {
            return Path.of(own, "uploads");
        }
        // According to that specification, a path that is not absolute is ignored.
        Path state = common != null && common.startsWith("/")
                ? Path.of(common)
                : Path.of(home(environment)).resolve(".local").resolve("state");
        return state.resolve("craq").resolve("uploads");
    }

    /**
     * Returns the user's home. HOME takes precedence, since Java uses the list of users, which does not know about
     * another home.
     */
    private static String home(Map<String, String> environment) {
        String home = environment.get("HOME");
        return home != null && home.startsWith("/") ? home : System.getProperty("user.home");
    }

    /** Returns the path of the upload that was started for this file as it is now; empty if there is none. */
    Optional<String> begun() {
        Properties found = new Properties();
        try (InputStream in = Files.newInputStream(note)) {
            found.load(in);
        } catch (IOException | IllegalArgumentException e) {
            // There is no readable record, so a new upload is started.
            return Optional.empty();
        }
        Object path = found.remove(UPLOAD);
        return found.equals(wanted) ? Optional.ofNullable(path).map(Object::toString) : Optional.empty();
    }

    void begin(String path) throws IOException {
        Files.createDirectories(note.getParent());
        Properties all = new Properties();
        all.putAll(wanted);
        all.setProperty(UPLOAD, path);
        try (OutputStream out = Files.newOutputStream(note)) {
            all.store(out, "an upload that 'craq put' can resume");
        }
    }

    void end() throws IOException {
        Files.deleteIfExists(note);
    }
}
