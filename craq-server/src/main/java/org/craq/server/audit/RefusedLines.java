package org.craq.server.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.craq.server.limits.Rate;
import org.craq.server.limits.Rates;
import org.craq.wire.CallerAddress;

/**
 * Keeps refused callers from flooding the audit trail. Beyond a rate for each address, and one for all of them, their lines
 * are left out and counted; every minute one line for each such address says how many, and one more for those beyond the
 * first {@value #MOST_NAMED}. Thread-safe.
 */
final class RefusedLines {
    static final int AT_ONCE = 200;
    static final int ALL_AT_ONCE = 2000;
    static final int MOST_NAMED = 20;
    static final Duration PERIOD = Duration.ofMinutes(1);

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration INTERVAL_OF_ALL = Duration.ofMillis(200);
    private static final String OTHERS = "";

    private final LongSupplier nanoTime;
    private final Rates ofAddress;
    private final Rate ofAll = new Rate(INTERVAL_OF_ALL, ALL_AT_ONCE);
    /** How many lines of each outcome were left out, by address. */
    private final Map<String, Map<String, Long>> leftOut = new LinkedHashMap<>();

    private Instant since = Instant.now();
    private long told;
    private long sum;

    /**
     * Creates it.
     *
     * @param nanoTime a monotonic clock
     */
    RefusedLines(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.ofAddress = new Rates(AT_ONCE, INTERVAL, nanoTime);
        this.told = nanoTime.getAsLong();
    }

    /** Returns whether a line is to be written; otherwise counts it. */
    synchronized boolean writes(String peer, String outcome) {
        String address = CallerAddress.of(peer);
        long now = nanoTime.getAsLong();
        if (ofAll.pause(now).isZero() && ofAddress.take(address).isZero()) {
            ofAll.take(now);
            return true;
        }
        if (leftOut.isEmpty()) {
            since = Instant.now();
            told = now;
        }
        boolean named = leftOut.containsKey(address) || leftOut.size() < MOST_NAMED;
        leftOut.computeIfAbsent(named ? address : OTHERS, key -> new TreeMap<>())
                .merge(outcome, 1L, Long::sum);
        sum++;
        return false;
    }

    /** Returns the lines that say what was left out, once it is time for them. */
    synchronized List<AuditRecord> dueSums() {
        return leftOut.isEmpty() || nanoTime.getAsLong() - told < PERIOD.toNanos() ? List.of() : sums();
    }

    /** Returns the lines that say what was left out so far. */
    synchronized List<AuditRecord> sums() {
        List<AuditRecord> lines = new ArrayList<>();
        leftOut.forEach((address, counts) -> lines.add(line(address, counts)));
        leftOut.clear();
        return lines;
    }

    private AuditRecord line(String address, Map<String, Long> counts) {
        String each = counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
        String detail = "left out since " + since.truncatedTo(ChronoUnit.SECONDS)
                + (address.equals(OTHERS) ? ", of other addresses: " : ": ") + each;
        return new AuditRecord(
                Instant.now(), "", "refused", "", "", "", "", "", address, "", "REFUSED", -1, -1, detail);
    }

    /** Returns how many lines were left out since the start. */
    synchronized long sum() {
        return sum;
    }
}
