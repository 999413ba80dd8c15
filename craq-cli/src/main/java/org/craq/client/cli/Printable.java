package org.craq.client.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Makes text safe for a terminal: control characters, which names from other users may contain, are replaced by their
 * numbers.
 */
final class Printable {
    private Printable() {}

    /** Escapes a text that must fit on one line. */
    static String line(String text) {
        return escaped(text, false);
    }

    /**
     * Escapes JSON without changing its meaning. JSON already escapes control characters below the space; the others
     * need not be escaped, but are here.
     */
    static String json(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.chars().forEach(each -> {
            if (each >= 0x7f && each <= 0x9f) {
                safe.append(String.format("\\u%04x", each));
            } else {
                safe.append((char) each);
            }
        });
        return safe.toString();
    }

    private static String escaped(String text, boolean lines) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length());
        text.chars().forEach(each -> {
            if (!Character.isISOControl(each) || (lines && (each == '\n' || each == '\t'))) {
                safe.append((char) each);
            } else if (each == '\n') {
                safe.append("\\n");
            } else if (each == '\t') {
                safe.append("\\t");
            } else {
                safe.append(String.format("\\x%02x", each));
            }
        });
        return safe.toString();
    }

    /** Returns a writer that escapes everything but printable characters and line ends. */
    static Writer onto(Writer writer) {
        return new FilterWriter(writer) {
            @Override
            public void write(int character) throws IOException {
                write(String.valueOf((char) character), 0, 1);
            }

            @Override
            public void write(char[] characters, int offset, int length) throws IOException {
                write(new String(characters, offset, length), 0, length);
            }

            @Override
            public void write(String text, int offset, int length) throws IOException {
                out.write(escaped(text.substring(offset, offset + length), true));
            }
        };
    }
}
