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
 * <p>States: living (heard from, granted leases) -> <em>left</em> or <em>retired</em>, both of which are final.
 */
public final class Life {
    private Registration registration;
    /** When the last lease was granted, or when this manager started and had to assume one. */
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

    /** Records a message from the node with its reports on replicas. */
    public void heard(long now, List<ReplicaReport> news) {
        heardAt = Optional.of(now);
        reports = news.stream()
                .collect(Collectors.toUnmodifiableMap(ReplicaReport::chain, Function.identity(), (a, b) -> b));
    }

    /** Records that a lease is granted now. */
    public void leased(long now) {
        leasedAt = now;
    }

    /** Records that the node has released its lease and is about to stop. */
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

    /** Returns how long ago the node was last heard from; empty if never since this manager started. */
    public Optional<Long> silentNanos(long now) {
        return heardAt.map(at -> now - at);
    }

    /** Returns how long ago the node was last heard from or, if never, how long ago this manager started. */
    long silence(long now) {
        return silentNanos(now).orElse(nanosSinceLease(now));
    }

    public long nanosSinceLease(long now) {
        return now - leasedAt;
    }

    /** Returns its last report on its replica of a chain. */
    public Optional<ReplicaReport> report(ChainId chain) {
        return Optional.ofNullable(reports.get(chain));
    }
}
