package org.craq.node.rest;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How browsers should treat stored content. The writer of a file chooses its media type, and a page or script opened at this origin
 * would run with the reader's rights. So browsers are told to display only passive content and to save everything else.
 *
 * @param passive true for a type that browsers show or play but never execute
 */
record ServedContent(boolean passive) {
    private static final Set<String> PASSIVE = Set.of(
            "text/plain",
            "text/csv",
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/webp",
            "image/avif",
            "image/bmp",
            "audio/mpeg",
            "audio/mp4",
            "audio/aac",
            "audio/ogg",
            "audio/wav",
            "audio/webm",
            "audio/flac",
            "video/mp4",
            "video/ogg",
            "video/webm");

    /** Classifies a media type, with or without parameters. */
    static ServedContent of(String contentType) {
        String type = contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        return new ServedContent(PASSIVE.contains(type));
    }

    /** Returns the headers to send in addition to those that every answer has. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        // Pages of other sites may embed pictures and the like; they must not run a script, which would reveal its
        // contents.
        headers.put("Cross-Origin-Resource-Policy", passive ? "cross-origin" : "same-site");
        if (!passive) {
            headers.put("Content-Disposition", "attachment");
        }
        return headers;
    }
}
