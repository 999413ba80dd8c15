package org.craq.server.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/** The text of a record: one object of JSON on one line. */
final class AuditLine {
    /** What the first line of all has in place of the digest of the line before. */
    static final String NONE_BEFORE = "0".repeat(64);

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final int LONGEST_TEXT = 4096;

    private final StringBuilder text = new StringBuilder(400);

    private AuditLine() {}

    /**
     * Returns the line of a record, without its end.
     *
     * @param seq number of the line, one more than that of the line before
     * @param before the {@link #digest} of the line before
     */
    static String of(AuditRecord record, long seq, String cluster, String server, String before) {
        AuditLine line = new AuditLine();
        line.text
                .append("{\"ts\":\"")
                .append(time(record.time()))
                .append("\",\"seq\":")
                .append(seq);
        line.add("cluster", cluster);
        line.add("server", server);
        line.add("door", record.door());
        line.add("action", record.action());
        line.add("name", record.name());
        line.add("version", record.version());
        line.add("user", record.user());
        line.add("method", record.method());
        line.add("key", record.key());
        line.add("peer", record.peer());
        line.add("request", record.request());
        line.add("outcome", record.outcome());
        line.add("bytes", record.bytes());
        line.add("millis", record.millis());
        line.add("detail", record.detail());
        line.add("prev", before);
        return line.text.append('}').toString();
    }

    static String time(Instant time) {
        return MILLIS.format(time);
    }

    /** Returns the SHA-256 of a line without its end, in hexadecimal digits. */
    static String digest(byte[] line) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    private void add(String field, long value) {
        if (value >= 0) {
            text.append(",\"").append(field).append("\":").append(value);
        }
    }

    private void add(String field, String value) {
        if (!value.isEmpty()) {
            text.append(",\"").append(field).append("\":\"");
            int end = Math.min(value.length(), LONGEST_TEXT);
            for (int i = 0; i < end; i++) {
                add(value, i);
            }
            text.append(end < value.length() ? "...\"" : "\"");
        }
    }

    private void add(String value, int i) {
        char each = value.charAt(i);
        if (each == '"' || each == '\\') {
            text.append('\\').append(each);
        } else if (isSafe(value, i)) {
            text.append(each);
        } else {
            text.append("\\u").append(HexFormat.of().toHexDigits(each));
        }
    }

    /** Nothing may end the line or change how the rest of it is displayed, and all of it must be Unicode. */
    private static boolean isSafe(String value, int i) {
        char each = value.charAt(i);
        if (Character.isHighSurrogate(each)) {
            return i + 1 < Math.min(value.length(), LONGEST_TEXT) && Character.isLowSurrogate(value.charAt(i + 1));
        }
        if (Character.isLowSurrogate(each)) {
            return i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
        }
        return switch (Character.getType(each)) {
            // Format includes the controls of writing direction.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
