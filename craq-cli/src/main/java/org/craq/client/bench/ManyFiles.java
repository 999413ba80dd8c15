package org.craq.client.bench;

import java.util.concurrent.ThreadLocalRandom;
import org.craq.client.PutOptions;

/**
 * A large number of small files, a thousand under each prefix, whose content is determined by their names.
 *
 * @param prefix prefix of all names; may be empty
 * @param count number of files
 * @param size bytes of each file
 */
public record ManyFiles(String prefix, long count, long size) {
    /** Number of files under one prefix. */
    static final int GROUP = 1000;

    public ManyFiles {
        if (count < 1) {
            throw new IllegalArgumentException("the number of files must be at least 1, not " + count);
        }
        if (size < 1 || size > PutOptions.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException(
                    "a small file has 1 to " + PutOptions.MAX_CHUNK_SIZE + " bytes, not " + size);
        }
    }

    /**
     * Returns the name of a file by its index, which begins at 0. Up to 10 million files, names sort in the order of
     * their indexes.
     */
    String name(long place) {
        return String.format("%s%03d", group(place / GROUP), place % GROUP);
    }

    /** Returns the prefix of a group by its index, which begins at 0. */
    String group(long place) {
        return String.format("%s%04d/", prefix, place);
    }

    long groups() {
        return (count + GROUP - 1) / GROUP;
    }

    String anyName() {
        return name(ThreadLocalRandom.current().nextLong(count));
    }

    String anyGroup() {
        return group(ThreadLocalRandom.current().nextLong(groups()));
    }
}
