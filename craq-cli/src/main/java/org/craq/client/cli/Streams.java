package org.craq.client.cli;

import java.io.Console;
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
 * @param prompt asks for passwords
 * @param terminal true if errors go to a terminal, which is where progress bars are shown
 */
record Streams(
        InputStream in, StandardOutput out, PrintWriter text, PrintWriter errors, Prompt prompt, boolean terminal) {
    private static final String DESCRIPTORS = "/proc/self/fd/";

    /** Returns the process's streams, unwrapped: {@code System.out} would hide failed writes. */
    static Streams standard() {
        StandardDescriptors descriptors = StandardDescriptors.ofProcess();
        descriptors.occupy();
        InputStream in = descriptors.closed(StandardDescriptors.INPUT)
                ? StandardInput.closed()
                : new StandardInput(new FileInputStream(FileDescriptor.in));
        return of(
                in,
                descriptors.closed(StandardDescriptors.OUTPUT)
                        ? StandardOutput.closed()
                        : new StandardOutput(
                                new FileOutputStream(FileDescriptor.out), descriptors.pipe(StandardDescriptors.OUTPUT)),
                new FileOutputStream(FileDescriptor.err),
                prompt(in),
                isTerminal(DESCRIPTORS + "2"));
    }

    /** Since Java 22 there is a console object even if nobody types, so the descriptors are asked where possible. */
    @SuppressWarnings("SystemConsoleNull")
    private static Prompt prompt(InputStream in) {
        Console console = System.console();
        if (!Files.exists(Path.of(DESCRIPTORS))) {
            return console == null ? Prompt.ofStream(in) : Prompt.ofConsole(console);
        }
        if (!isDevice(DESCRIPTORS + "0")) {
            return Prompt.ofStream(in);
        }
        return isDevice(DESCRIPTORS + "1") && console != null ? Prompt.ofConsole(console) : Prompt.refused();
    }

    /** Returns streams that are no terminal's: passwords are lines of the input. */
    static Streams of(InputStream in, StandardOutput out, OutputStream errors, boolean terminal) {
        return of(in, out, errors, Prompt.ofStream(in), terminal);
    }

    private static Streams of(
            InputStream in, StandardOutput out, OutputStream errors, Prompt prompt, boolean terminal) {
        return new Streams(
                in,
                out,
                new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true),
                new PrintWriter(Printable.onto(new OutputStreamWriter(errors, StandardCharsets.UTF_8)), true),
                prompt,
                terminal);
    }

    private static boolean isTerminal(String descriptor) {
        return !"dumb".equals(System.getenv("TERM")) && isDevice(descriptor);
    }

    private static boolean isDevice(String descriptor) {
        try {
            String device = Files.readSymbolicLink(Path.of(descriptor)).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (java.io.IOException | UnsupportedOperationException e) {
            // If the system does not reveal it, no progress bar is better than a log file full of them.
            return false;
        }
    }
}
