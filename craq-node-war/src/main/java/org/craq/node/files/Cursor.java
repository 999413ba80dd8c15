package org.craq.node.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.craq.core.file.FileName;
import org.craq.node.metadata.NamePrefix;

/** Where a listing goes on, in a form that fits a URL: behind a name, or behind all names with a common prefix. */
public final class Cursor {
    /** Begins what stands for a group of names; no name has it. */
    private static final char GROUP = 0;

    private Cursor() {}

    static String after(FileName name) {
        return encode(name.value());
    }

    static String afterGroup(String prefix) {
        return encode(GROUP + prefix);
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What all names that are still to come are greater than; empty: from the start. */
    public static String decode(String cursor) {
        if (cursor.isEmpty()) {
            return "";
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return text.charAt(0) == GROUP && text.length() > 1
                    ? NamePrefix.last(FileName.prefix(text.substring(1)))
                    : new FileName(text).value();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new IllegalArgumentException("the cursor is not one that a listing gave: '" + cursor + "'", e);
        }
    }
}
