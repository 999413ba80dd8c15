package org.craq.node.rest;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How browsers are to take stored content. Whoever may write a file chooses its media type, and a page or script that is opened at this
 * origin would have its reader's rights: so a browser shows only what can't do anything, and saves the rest.
 *
 * @param passive of a type that browsers show or play, and never run
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

    /** Of a media type, with or without parameters. */
    static ServedContent of(String contentType) {
        String type = contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        return new ServedContent(PASSIVE.contains(type));
    }

    /** Beside those that every answer has. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        // Pictures and the like may stand in pages of other sites; a script must not be run there, as it would show
        // what is in it.
        headers.put("Cross-Origin-Resource-Policy", passive ? "cross-origin" : "same-site");
        if (!passive) {
            headers.put("Content-Disposition", "attachment");
        }
        return headers;
    }
}
