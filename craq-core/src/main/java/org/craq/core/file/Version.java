package org.craq.core.file;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;

/**
 * A file's version: the seq of the entry that wrote it, with the epoch in which the entry was created. The epoch is
 * needed because a seq that was lost with its head is assigned again.
 */
public record Version(Epoch epoch, Seq seq) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})");

    public Version {
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(seq);
    }

    /**
     * Parses the format that {@link #toString} produces.
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
