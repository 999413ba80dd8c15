package org.craq.node.files;

import java.util.Map;
import org.craq.core.file.UserMetadata;
import org.craq.server.ContentType;

/**
 * What a user says of a new version beside its bytes, at every door.
 *
 * @param contentType a media type, RFC 9110 section 8.3.1, which is given back as it came; empty when not known
 * @param userMetadata as {@link UserMetadata} allows them
 */
public record Labels(String contentType, Map<String, String> userMetadata) {
    /** Raises IllegalArgumentException that names what is wrong. */
    public Labels {
        contentType =
                contentType.isEmpty() ? "" : ContentType.parse(contentType).text();
        userMetadata = new UserMetadata(userMetadata).values();
    }
}
