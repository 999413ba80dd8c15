package org.craq.node.files;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a user says of a version beside its bytes.
 *
 * @param contentType a media type, RFC 9110 section 8.3.1; empty when not known
 * @param userMetadata at most 2048 bytes of keys and values; they travel as HTTP headers, so keys are made of letters,
 *     digits, '-', '_' and '.', and values hold no control characters
 */
public record Labels(String contentType, Map<String, String> userMetadata) {
    static final int MAX_METADATA_BYTES = 2048;
    private static final int MAX_CONTENT_TYPE = 255;
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+*-]+(\\s*;[\\x20-\\x7E]*)?");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /** Raises IllegalArgumentException that names what is wrong. */
    public Labels {
        userMetadata = Map.copyOf(userMetadata);
        if (!contentType.isEmpty()
                && (contentType.length() > MAX_CONTENT_TYPE
                        || !MEDIA_TYPE.matcher(contentType).matches())) {
            throw new IllegalArgumentException("the content type must be a media type such as text/plain, of at most "
                    + MAX_CONTENT_TYPE + " characters");
        }
        userMetadata.forEach(Labels::check);
        int bytes = userMetadata.entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().getBytes(StandardCharsets.UTF_8).length)
                .sum();
        if (bytes > MAX_METADATA_BYTES) {
            throw new IllegalArgumentException("user metadata must not be longer than " + MAX_METADATA_BYTES
                    + " bytes in all; these have " + bytes);
        }
    }

    private static void check(String key, String value) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException(
                    "a key of user metadata must be 1 to 128 letters, digits, '-', '_' or '.'");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the value of user metadata '" + key + "' holds a control character");
        }
    }
}
