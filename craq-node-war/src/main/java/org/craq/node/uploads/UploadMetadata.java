package org.craq.node.uploads;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.craq.node.files.Labels;

/**
 * The header Upload-Metadata: comma-separated pairs of a key and a value in Base64.
 *
 * @param text the unchanged header
 * @param values decoded values by unchanged key
 */
public record UploadMetadata(String text, Map<String, String> values) {
    private static final int LONGEST = 8192;
    private static final String NAME = "filename";
    private static final String TYPE = "filetype";

    public UploadMetadata {
        values = Map.copyOf(values);
    }

    /**
     * Parses the header; an absent one is passed as an empty text.
     *
     * @throws IllegalArgumentException with a message that states the violated rule
     */
    public static UploadMetadata parse(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("Upload-Metadata must not be longer than " + LONGEST + " characters");
        }
        if (!printable(text)) {
            throw new IllegalArgumentException("Upload-Metadata must be printable ASCII: encode values in Base64");
        }
        return kept(text);
    }

    /**
     * Expresses the labels of a streamed write. A user's key that has a meaning in this header is written in upper case, which has none:
     * keys are stored in lower case.
     */
    static UploadMetadata of(Labels labels) {
        List<String> pairs = new ArrayList<>();
        if (!labels.contentType().isEmpty()) {
            pairs.add(pair(TYPE, labels.contentType()));
        }
        labels.userMetadata().forEach((key, value) -> {
            boolean taken = key.equals(NAME) || key.equals(TYPE);
            pairs.add(pair(taken ? key.toUpperCase(Locale.ROOT) : key, value));
        });
        return kept(String.join(",", pairs));
    }

    private static String pair(String key, String value) {
        return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean printable(String text) {
        return text.chars().allMatch(each -> each >= ' ' && each <= '~');
    }

    /** Parses a stored header, which an older build may have accepted under weaker rules. */
    static UploadMetadata kept(String text) {
        Map<String, String> values = new TreeMap<>();
        if (!text.isBlank()) {
            for (String pair : text.split(",", -1)) {
                String[] parts = pair.strip().split(" +", 2);
                if (parts[0].isEmpty()) {
                    throw new IllegalArgumentException(
                            "Upload-Metadata must be comma-separated pairs of a key and a value in Base64, such as"
                                    + " 'filename YS50eHQ='; one of them has no key");
                }
                if (values.put(parts[0], parts.length == 1 ? "" : decode(parts[0], parts[1])) != null) {
                    throw new IllegalArgumentException("Upload-Metadata has the key '" + parts[0] + "' twice");
                }
            }
        }
        return new UploadMetadata(text, values);
    }

    private static String decode(String key, String value) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(value.strip()));
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "Upload-Metadata: the value of '" + key + "' must be UTF-8 text in Base64", e);
        }
    }

    /** Returns the unchanged header to send back; empty when it contains characters that are not allowed in a header. */
    public String header() {
        return printable(text) ? text : "";
    }

    /** Returns the file name given by the client; empty when there is none. */
    public String fileName() {
        return values.getOrDefault(NAME, "");
    }

    String contentType() {
        return values.getOrDefault(TYPE, "");
    }

    /**
     * Returns the other pairs, which become the file's user metadata, with keys in lower case, as they will be returned in headers.
     *
     * @throws IllegalArgumentException when two keys differ only in case
     */
    Map<String, String> userMetadata() {
        Map<String, String> rest = new TreeMap<>();
        values.forEach((key, value) -> {
            if (!key.equals(NAME) && !key.equals(TYPE) && rest.put(key.toLowerCase(Locale.ROOT), value) != null) {
                throw new IllegalArgumentException(
                        "Upload-Metadata has the key '" + key + "' twice, as keys are case-insensitive");
            }
        });
        return rest;
    }
}
