package org.craq.client.cli;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks for a secret. */
interface Prompt {
    /**
     * Returns what was entered, without the end of the line.
     *
     * @param text says what to enter; shown on a console only
     */
    String ask(String text) throws IOException;

    /** Returns whether a person enters it, who may mistype what is not shown. */
    default boolean isConsole() {
        return false;
    }

    /** Reads the next line of a stream. */
    static Prompt ofStream(InputStream in) {
        return text -> {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
                line.write(octet);
            }
            String read = line.toString(StandardCharsets.UTF_8);
            return read.endsWith("\r") ? read.substring(0, read.length() - 1) : read;
        };
    }

    /** Asks on the console, which does not show what is typed. */
    static Prompt ofConsole(Console console) {
        return new Prompt() {
            @Override
            public String ask(String text) throws IOException {
                return Optional.ofNullable(console.readPassword("%s", text))
                        .map(String::new)
                        .orElseThrow(() -> new IOException("nothing was entered"));
            }

            @Override
            public boolean isConsole() {
                return true;
            }
        };
    }

    /** Refuses to ask where what is typed would be shown. */
    static Prompt refused() {
        return text -> {
            throw new IOException(
                    "a password can't be typed unseen while the output is redirected; redirect the input, too");
        };
    }
}
