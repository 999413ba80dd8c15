package org.craq.client.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/** Keeps from a terminal what it would take for an order: control characters, in names that others gave, are shown by number. */
final class Printable {
    private Printable() {}

    /** A text that is to stand on one line. */
    static String line(String text) {
        return escaped(text, false);
    }

    /** JSON that means the same. What is below a space is escaped in JSON already; the other control characters need not be. */
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

    /** Passes on what is printable, and ends of lines. */
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
