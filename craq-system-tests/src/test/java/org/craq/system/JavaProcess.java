package org.craq.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Inspects the virtual machine of an application server from outside, with the JDK's {@code jcmd}. */
public final class JavaProcess {
    private static final Pattern BETWEEN_THREADS = Pattern.compile("\n\n");

    private final String pid;

    public JavaProcess(String pid) {
        this.pid = pid;
    }

    /** Returns each thread's name and stack, as the virtual machine prints them. */
    public List<String> threads() throws IOException {
        return BETWEEN_THREADS
                .splitAsStream(run("Thread.print"))
                .filter(thread -> thread.startsWith("\"") || thread.contains("\n\""))
                .toList();
    }

    /** Returns the number of reachable objects of a class, after a garbage collection. */
    public long reachable(String className) throws IOException {
        return run("GC.class_histogram")
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length >= 4 && columns[3].equals(className))
                .mapToLong(columns -> Long.parseLong(columns[1]))
                .sum();
    }

    private String run(String... command) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        line.add(pid);
        line.addAll(Arrays.asList(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("jcmd failed: " + output);
            }
            return output;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
