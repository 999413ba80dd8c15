package org.craq.node.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.craq.core.file.FileName;
import org.craq.node.metadata.FileRecord;

/** Where a listing goes on: the last name of the page before, in a form that fits a URL. */
final class Cursor {
    private Cursor() {}

    /** Empty for a page that was not full: it was the last. */
    static String after(List<FileRecord> page, int limit) {
        if (page.size() < limit) {
            return "";
        }
        String last = page.get(page.size() - 1).name().value();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    /** The name to go on after; empty: from the start. */
    static String decode(String cursor) {
        if (cursor.isEmpty()) {
            return "";
        }
        try {
            ByteBuffer name = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
            return new FileName(StandardCharsets.UTF_8.newDecoder().decode(name).toString()).value();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new IllegalArgumentException("the cursor is not one that a listing gave: '" + cursor + "'", e);
        }
    }
}
