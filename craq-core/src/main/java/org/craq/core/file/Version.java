package org.craq.core.file;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;

/**
 * A file's version: the seq of the entry that wrote it with the epoch of its birth. The epoch belongs to it because a
 * seq that vanished with its head is given again.
 */
public record Version(Epoch epoch, Seq seq) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    public Version {
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(seq);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException when the text is not of the form "epoch-seq"
     */
    public static Version parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a version has the form epoch-seq, such as 3-1205; this is '" + text + "'");
        }
        return new Version(new Epoch(Long.parseLong(matcher.group(1))), new Seq(Long.parseLong(matcher.group(2))));
    }

    @Override
    public String toString() {
        return epoch + "-" + seq;
    }
}
