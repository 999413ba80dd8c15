package org.craq.node.files;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;

/**
 * What a user says of a new version.
 *
 * @param contentType a media type, RFC 9110 section 8.3.1; empty when not known
 * @param userMetadata at most 2048 bytes of keys and values; they travel as HTTP headers, so keys are made of letters,
 *     digits, '-', '_' and '.', and values hold no control characters
 * @param chunkSize bytes in every chunk but the last
 * @param conditions must hold when the version is given its place
 */
public record NewFile(
        FileName name,
        WriteId writeId,
        String contentType,
        Map<String, String> userMetadata,
        int chunkSize,
        List<Condition> conditions) {
    static final int MAX_METADATA_BYTES = 2048;
    private static final int MAX_CONTENT_TYPE = 255;
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+*-]+(\\s*;[\\x20-\\x7E]*)?");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /** Raises IllegalArgumentException that names what is wrong. */
    public NewFile {
        userMetadata = Map.copyOf(userMetadata);
        conditions = List.copyOf(conditions);
        if (!contentType.isEmpty()
                && (contentType.length() > MAX_CONTENT_TYPE
                        || !MEDIA_TYPE.matcher(contentType).matches())) {
            throw new IllegalArgumentException("the content type must be a media type such as text/plain, of at most "
                    + MAX_CONTENT_TYPE + " characters");
        }
        userMetadata.forEach(NewFile::check);
        int bytes = userMetadata.entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().getBytes(StandardCharsets.UTF_8).length)
                .sum();
        if (bytes > MAX_METADATA_BYTES) {
            throw new IllegalArgumentException("user metadata must not be longer than " + MAX_METADATA_BYTES
                    + " bytes in all; these have " + bytes);
        }
    }

    /** What the log says of it. */
    public Operation.Put put(Content content) {
        return new Operation.Put(name, writeId, content, contentType, userMetadata);
    }

    Write write(Content content) {
        return new Write(writeId, List.of(put(content)), conditions, System.currentTimeMillis());
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
