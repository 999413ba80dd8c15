package org.craq.node.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.craq.wire.content.Checksum;

/**
 * Format of the small files beside the segments: readable lines, the first of which names the format, and a checksum at
 * the end.
 */
final class CheckedText {
    private static final String CHECK = "check ";

    private CheckedText() {}

    static byte[] encode(String format, List<String> lines) {
        StringBuilder text = new StringBuilder(format).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        return text.append(check(text.toString())).append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String check(String text) {
        return CHECK + String.format("%08x", Checksum.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Returns the lines after the first; empty when the bytes have another format or are damaged. */
    static Optional<List<String>> decode(String format, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int checked = text.lastIndexOf(CHECK);
        if (checked < 0 || !text.substring(checked).equals(check(text.substring(0, checked)) + "\n")) {
            return Optional.empty();
        }
        List<String> lines = text.substring(0, checked).lines().toList();
        return lines.isEmpty() || !lines.get(0).equals(format)
                ? Optional.empty()
                : Optional.of(lines.subList(1, lines.size()));
    }
}
