package org.craq.manager.membership;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.ReplicaReport;

/**
 * One incarnation of a node as the manager knows it. Confined to {@link Membership}, which guards it.
 *
 * <p>Heard of and given leases while it lives; then <em>left</em> or <em>retired</em>, and neither ever changes back.
 */
final class Life {
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

    void heard(long now, List<ReplicaReport> news) {
        heardAt = Optional.of(now);
        reports = news.stream()
                .collect(Collectors.toUnmodifiableMap(ReplicaReport::chain, Function.identity(), (a, b) -> b));
    }

    void leased(long now) {
        leasedAt = now;
    }

    void leave() {
        left = true;
    }

    void retire() {
        registration = registration.asRetired();
    }

    Registration registration() {
        return registration;
    }

    boolean left() {
        return left;
    }

    boolean retired() {
        return registration.retired();
    }

    /** How long ago it was heard of; empty since this manager began. */
    Optional<Long> silentNanos(long now) {
        return heardAt.map(at -> now - at);
    }

    long nanosSinceLease(long now) {
        return now - leasedAt;
    }

    Optional<ReplicaReport> report(ChainId chain) {
        return Optional.ofNullable(reports.get(chain));
    }
}
