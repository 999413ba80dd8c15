package org.craq.node.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.craq.core.file.FileName;
import org.craq.node.metadata.NamePrefix;

/** The place where a listing resumes, encoded for a URL: after a name, or after all names with a common prefix. */
public final class Cursor {
    /** First character of a cursor that stands for a group of names; it does not occur in names. */
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

    /** Returns the text after which the listing resumes; an empty cursor yields an empty text, the start. */
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
            throw new IllegalArgumentException("the cursor was not returned by a listing: '" + cursor + "'", e);
        }
    }
}
