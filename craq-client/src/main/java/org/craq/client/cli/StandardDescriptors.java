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
 * What standard input and output of this process were when it began. A number that was closed then goes to the next file that is
 * opened, mostly one of the virtual machine's own: what is read there is no input, and what is written there spoils that file. Only
 * Linux tells; elsewhere all count as open.
 */
final class StandardDescriptors {
    static final int INPUT = 0;
    static final int OUTPUT = 1;

    private static final int COUNT = 3;
    private static final int ACCESS_MODE = 03;
    private static final int READ_ONLY = 0;
    private static final int WRITE_ONLY = 01;
    /** A descriptor that has it has not come from the program that started this one. */
    private static final int CLOSE_ON_EXEC = 02000000;

    /** What stands in for closed ones, as long as the process runs. */
    private static final List<FileInputStream> PLACEHOLDERS = new ArrayList<>();

    private final Path process;

    /** @param process such as /proc/self */
    StandardDescriptors(Path process) {
        this.process = process;
    }

    static StandardDescriptors ofProcess() {
        return new StandardDescriptors(Path.of("/proc/self"));
    }

    /** Sees to it that no file is opened later under a number that is free now. */
    synchronized void occupy() {
        try {
            for (int i = 0; i < COUNT; i++) {
                if (Files.isDirectory(process) && !Files.exists(link(i), LinkOption.NOFOLLOW_LINKS)) {
                    PLACEHOLDERS.add(new FileInputStream("/dev/null"));
                }
            }
        } catch (IOException e) {
            // Then there are none to be had, and no file will get one either.
        }
    }

    /** True when nothing can be read there, or written, as the number says. */
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

    /** What {@link #closed} has not found out is known from what it leads to: a pipe, or a socket. */
    boolean pipe(int descriptor) {
        try {
            String target = Files.readSymbolicLink(link(descriptor)).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** The virtual machine holds its own files once: one that somebody has given as input is open twice. */
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
            return false; // closed meanwhile
        }
    }

    private int flags(int descriptor) throws IOException {
        Path page = process.resolve("fdinfo").resolve(Integer.toString(descriptor));
        try (Stream<String> lines = Files.lines(page, StandardCharsets.US_ASCII)) {
            return lines.filter(line -> line.startsWith("flags:"))
                    .map(line ->
                            Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                    .findFirst()
                    .orElseThrow(() -> new IOException(page + " tells no flags"));
        }
    }

    private Path link(int descriptor) {
        return process.resolve("fd").resolve(Integer.toString(descriptor));
    }
}
