package org.craq.client.bench;

import java.util.concurrent.ThreadLocalRandom;
import org.craq.client.PutOptions;

/**
 * A great number of small files, a thousand of them under each prefix, with bytes that are known by their names.
 *
 * @param prefix what all names begin with; may be empty
 * @param count how many there are
 * @param size bytes of each
 */
public record ManyFiles(String prefix, long count, long size) {
    /** Files under one prefix. */
    static final int GROUP = 1000;

    public ManyFiles {
        if (count < 1) {
            throw new IllegalArgumentException("the number of files is at least 1, not " + count);
        }
        if (size < 1 || size > PutOptions.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException(
                    "a small file has 1 to " + PutOptions.MAX_CHUNK_SIZE + " bytes, not " + size);
        }
    }

    /** By place, counted from 0; names and places have the same order up to 10 million files. */
    String name(long place) {
        return String.format("%s%03d", group(place / GROUP), place % GROUP);
    }

    /** The prefix of a group of files, counted from 0. */
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
