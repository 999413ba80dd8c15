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
 * The streams of a command. Text is UTF-8 in any locale; the error stream gets no control characters except line ends
 * and tabs.
 *
 * @param text writes to the same stream as {@code out}
 * @param terminal true if errors go to a terminal, which is where progress bars are shown
 */
record Streams(InputStream in, StandardOutput out, PrintWriter text, PrintWriter errors, boolean terminal) {

    /** Returns the process's streams, unwrapped: {@code System.out} would hide failed writes. */
    static Streams standard() {
        StandardDescriptors descriptors = StandardDescriptors.ofProcess();
        descriptors.occupy();
        return of(
                descriptors.closed(StandardDescriptors.INPUT)
                        ? StandardInput.closed()
                        : new StandardInput(new FileInputStream(FileDescriptor.in)),
                descriptors.closed(StandardDescriptors.OUTPUT)
                        ? StandardOutput.closed()
                        : new StandardOutput(
                                new FileOutputStream(FileDescriptor.out), descriptors.pipe(StandardDescriptors.OUTPUT)),
                new FileOutputStream(FileDescriptor.err),
                isTerminal("/proc/self/fd/2"));
    }

    static Streams of(InputStream in, StandardOutput out, OutputStream errors, boolean terminal) {
        return new Streams(
                in,
                out,
                new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true),
                new PrintWriter(Printable.onto(new OutputStreamWriter(errors, StandardCharsets.UTF_8)), true),
                terminal);
    }

    private static boolean isTerminal(String descriptor) {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            String device = Files.readSymbolicLink(Path.of(descriptor)).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (java.io.IOException | UnsupportedOperationException e) {
            // If the system does not reveal it, no progress bar is better than a log file full of them.
            return false;
        }
    }
}
