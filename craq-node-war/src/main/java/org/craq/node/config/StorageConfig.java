package org.craq.node.config;

import java.time.Duration;
import java.util.OptionalLong;
import org.craq.server.Settings;

/**
 * How a node uses its disk.
 *
 * @param reserve bytes that uploads leave free; empty: the smaller of 2 GiB and 2 % of the disk
 * @param compactionRate bytes per second that compaction may copy; 0: no compaction
 * @param scrubRate bytes per second that the scrub may read; 0: it runs only on request
 * @param setAside how long bytes are kept that an older, different or lost database does not know
 * @param direct bytes of the shortest write that bypasses the page cache, where the file system allows that; 0: none
 *     does
 */
public record StorageConfig(OptionalLong reserve, long compactionRate, long scrubRate, Duration setAside, long direct) {
    static final String RESERVE = "craq.node.disk.reserve";
    static final String COMPACTION_RATE = "craq.node.compaction.rate";
    static final String SCRUB_RATE = "craq.node.scrub.rate";
    static final String SET_ASIDE = "craq.node.setaside.days";
    static final String DIRECT = "craq.node.disk.direct";
    static final long DEFAULT_COMPACTION_RATE = 32L << 20;
    public static final long DEFAULT_SCRUB_RATE = 8L << 20;
    static final int DEFAULT_SET_ASIDE_DAYS = 7;
    static final long DEFAULT_DIRECT = 256L << 10;

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException naming the setting whose value is invalid
     */
    static StorageConfig read(Settings settings) {
        return new StorageConfig(
                settings.bytes(RESERVE),
                settings.bytes(COMPACTION_RATE).orElse(DEFAULT_COMPACTION_RATE),
                settings.bytes(SCRUB_RATE).orElse(DEFAULT_SCRUB_RATE),
                Duration.ofDays(settings.number(SET_ASIDE, DEFAULT_SET_ASIDE_DAYS, 1, 3650)),
                settings.bytes(DIRECT).orElse(DEFAULT_DIRECT));
    }
}
