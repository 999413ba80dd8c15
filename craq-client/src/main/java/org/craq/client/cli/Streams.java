package org.craq.client.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command reads and writes. Text is UTF-8, whatever the locale.
 *
 * @param terminal true when errors go to a terminal: only then is there a progress bar
 */
record Streams(InputStream in, OutputStream out, PrintWriter text, PrintWriter errors, boolean terminal) {

    /** The process's own, unwrapped: a write that fails must be told, which {@code System.out} would not do. */
    static Streams standard() {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        OutputStream errors = new FileOutputStream(FileDescriptor.err);
        return new Streams(
                new FileInputStream(FileDescriptor.in),
                out,
                writer(out),
                writer(errors),
                isTerminal("/proc/self/fd/2"));
    }

    static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private static boolean isTerminal(String descriptor) {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            String device = Files.readSymbolicLink(Path.of(descriptor)).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (java.io.IOException | UnsupportedOperationException e) {
            // Where the system does not tell, better no bar than a log file full of them.
            return false;
        }
    }
}
