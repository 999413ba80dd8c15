package org.craq.client.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds out how this process's standard input and output were set up when it began. If a descriptor was closed, its
 * number goes to the next file that is opened, mostly one of the virtual machine's own: reading from it yields no
 * input, and writing to it damages that file. Works on Linux only; elsewhere all descriptors count as open.
 */
final class StandardDescriptors {
    static final int INPUT = 0;
    static final int OUTPUT = 1;

    private static final int COUNT = 3;
    private static final int ACCESS_MODE = 03;
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 01;
    /** The flag of a descriptor that was not inherited from the program that started this process. */
    private static final int CLOSE_ON_EXEC = 02000000;

    /** Files that occupy closed descriptors until the process ends. */
    private static final List<FileInputStream> PLACEHOLDERS = new ArrayList<>();

    private final Path process;

    /**
     * Inspects a process.
     *
     * @param process its folder, such as /proc/self
     */
    StandardDescriptors(Path process) {
        this.process = process;
    }

    static StandardDescriptors ofProcess() {
        return new StandardDescriptors(Path.of("/proc/self"));
    }

    /** Occupies the free standard descriptors, so that no file opened later gets one of their numbers. */
    synchronized void occupy() {
        try {
            for (int i = 0; i < COUNT; i++) {
                if (Files.isDirectory(process) && !Files.exists(link(i), LinkOption.NOFOLLOW_LINKS)) {
                    PLACEHOLDERS.add(new FileInputStream("/dev/null"));
                }
            }
        } catch (IOException e) {
            // There are none available, so no other file will get one either.
        }
    }

    /** Returns true if the descriptor can't be read (for input) or written (for output). */
    boolean closed(int descriptor) {
        try {
            Path target = Files.readSymbolicLink(link(descriptor));
            int flags = flags(descriptor);
            int wrong = descriptor == INPUT ? WRITE_ONLY : READ_ONLY;
            return (flags & ACCESS_MODE) == wrong || (flags & CLOSE_ON_EXEC) != 0 || ours(descriptor, target);
        } catch (NoSuchFileException e) {
            return Files.isDirectory(process);
        } catch (IOException | UnsupportedOperationException | NumberFormatException e) {
            return false;
        }
    }

    /**
     * Returns true if the descriptor leads to a pipe or socket; useful only after {@link #closed} has returned false.
     */
    boolean pipe(int descriptor) {
        try {
            String target = Files.readSymbolicLink(link(descriptor)).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /**
     * Tells whether the file is the virtual machine's own, which it opens only once: a file that the user gave as input
     * is open twice.
     */
    private boolean ours(int descriptor, Path target) throws IOException {
        Path modules = Path.of(System.getProperty("java.home"), "lib", "modules");
        if (!Files.exists(modules) || !target.equals(modules.toRealPath())) {
            return false;
        }
        try (Stream<Path> all = Files.list(process.resolve("fd"))) {
            return all.filter(each -> !each.equals(link(descriptor))).noneMatch(each -> leadsTo(each, target));
        }
    }

    private static boolean leadsTo(Path link, Path target) {
        try {
            return Files.readSymbolicLink(link).equals(target);
        } catch (IOException e) {
            return false; // has been closed in the meantime
        }
    }

    private int flags(int descriptor) throws IOException {
        Path page = process.resolve("fdinfo").resolve(Integer.toString(descriptor));
        try (Stream<String> lines = Files.lines(page, StandardCharsets.US_ASCII)) {
            return lines.filter(line -> line.startsWith("flags:"))
                    .map(line ->
                            Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                    .findFirst()
                    .orElseThrow(() -> new IOException(page + " contains no flags"));
        }
    }

    private Path link(int descriptor) {
        return process.resolve("fd").resolve(Integer.toString(descriptor));
    }
}
