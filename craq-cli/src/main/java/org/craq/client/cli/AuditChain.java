package org.craq.client.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The chain of the lines of an audit trail: each has the digest of the line before and the next number. Lines are given
 * in order. Not thread-safe.
 */
final class AuditChain {
    private static final String NONE_BEFORE = "0".repeat(64);

    private long lines;
    private long first;
    private long seq;
    private String digest = "";

    /** What to do with a line. */
    interface Visitor {
        /** Returns whether to go on. */
        boolean take(String line, long number);
    }

    /** Reads a file line by line. */
    static void read(Path file, Visitor visitor) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!visitor.take(line, number)) {
                    return;
                }
            }
        }
    }

    /** Returns the fields of a line; empty if it is not an object of JSON. */
    static Optional<JsonObject> fields(String line) {
        try {
            return JsonParser.parseString(line) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        } catch (JsonParseException e) {
            return Optional.empty();
        }
    }

    /** Takes the next line; returns what is wrong with it, or nothing. */
    Optional<String> problem(String line) {
        Optional<JsonObject> fields = fields(line);
        if (fields.isEmpty()) {
            return Optional.of("this is not a line of an audit trail");
        }
        String before;
        long number;
        try {
            before = fields.get().get("prev").getAsString();
            number = fields.get().get("seq").getAsLong();
        } catch (RuntimeException e) {
            // Missing or of another type.
            return Optional.of("this line has no prev or no seq");
        }
        Optional<String> wrong = lines == 0 ? ofFirst(before, number) : ofLater(before, number);
        first = lines == 0 ? number : first;
        lines++;
        seq = number;
        digest = sha256(line);
        return wrong;
    }

    private static Optional<String> ofFirst(String before, long number) {
        return (number == 1) == before.equals(NONE_BEFORE)
                ? Optional.empty()
                : Optional.of("the first line of a trail, and no other, has seq 1 and a prev of zeros");
    }

    private Optional<String> ofLater(String before, long number) {
        if (number != seq + 1) {
            return Optional.of("seq " + number + " follows " + seq + ": lines are missing, or in another order");
        }
        return before.equals(digest)
                ? Optional.empty()
                : Optional.of("prev is not the digest of the line before, so that line was changed");
    }

    /** Returns whether the first line was that of the whole trail. */
    boolean beginsAtTheBegin() {
        return first == 1;
    }

    long lines() {
        return lines;
    }

    private static String sha256(String line) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
