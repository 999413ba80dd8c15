package org.craq.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folders in which tests keep files. */
public final class Folders {
    private Folders() {}

    /** Returns the build directory of this module. */
    public static Path target() {
        return Path.of(System.getProperty("craq.it.directory", "target")).toAbsolutePath();
    }

    /** Deletes a folder with everything in it, if it exists; symbolic links are deleted and not followed. */
    public static void delete(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
