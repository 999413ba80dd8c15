package org.craq.core.membership;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.ReplicaReport;

/**
 * One incarnation of a node as the manager knows it. Not thread-safe.
 *
 * <p>Heard of and given leases while it lives; then <em>left</em> or <em>retired</em>, and neither ever changes back.
 */
public final class Life {
    private Registration registration;
    /** When the last lease was given, or when this manager began and had to assume one. */
    private long leasedAt;

    private Optional<Long> heardAt = Optional.empty();
    private boolean left;
    private Map<ChainId, ReplicaReport> reports = Map.of();

    Life(Registration registration, long leasedAt) {
        this.registration = registration;
        this.leasedAt = leasedAt;
    }

    void registeredAgain(Registration again) {
        registration = again;
    }

    /** The node spoke, and told of its replicas. */
    public void heard(long now, List<ReplicaReport> news) {
        heardAt = Optional.of(now);
        reports = news.stream()
                .collect(Collectors.toUnmodifiableMap(ReplicaReport::chain, Function.identity(), (a, b) -> b));
    }

    /** A lease is given now. */
    public void leased(long now) {
        leasedAt = now;
    }

    /** The node has given up its lease and is about to stop. */
    public void leave() {
        left = true;
    }

    void retire() {
        registration = registration.asRetired();
    }

    public Registration registration() {
        return registration;
    }

    public boolean left() {
        return left;
    }

    public boolean retired() {
        return registration.retired();
    }

    /** How long ago it was heard of; empty since this manager began. */
    public Optional<Long> silentNanos(long now) {
        return heardAt.map(at -> now - at);
    }

    /** How long ago it was heard of; if it never was, how long ago this manager began. */
    long silence(long now) {
        return silentNanos(now).orElse(nanosSinceLease(now));
    }

    public long nanosSinceLease(long now) {
        return now - leasedAt;
    }

    /** What it told last of its member of a chain. */
    public Optional<ReplicaReport> report(ChainId chain) {
        return Optional.ofNullable(reports.get(chain));
    }
}
