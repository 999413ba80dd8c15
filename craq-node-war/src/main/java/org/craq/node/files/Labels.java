package org.craq.node.files;

import java.util.Map;
import org.craq.core.file.UserMetadata;
import org.craq.server.ContentType;

/**
 * The content type and user metadata of a new version, validated in the same way for all interfaces.
 *
 * @param contentType a media type (RFC 9110 section 8.3.1), which is returned to readers unchanged; empty when not known
 * @param userMetadata keys and values that {@link UserMetadata} allows
 */
public record Labels(String contentType, Map<String, String> userMetadata) {
    /**
     * Validates both.
     *
     * @throws IllegalArgumentException with a message that says what is wrong
     */
    public Labels {
        contentType =
                contentType.isEmpty() ? "" : ContentType.parse(contentType).text();
        userMetadata = new UserMetadata(userMetadata).values();
    }
}
