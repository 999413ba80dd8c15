package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.replica.Restored;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.store.Heard;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * This node's members of chains, all under one incarnation. A node that finds itself removed begins a new incarnation with its
 * durable state. Thread-safe.
 */
public final class Members implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Members.class.getName());
    private static final long REBIRTH_PAUSE_MILLIS = 500;

    private final NodeId self;
    private final ChainDriver.SharedParts surroundings;
    private final Map<ChainId, ChainDriver> drivers = new ConcurrentHashMap<>();
    private volatile Incarnation incarnation = new Incarnation(UUID.randomUUID());
    private final String lostLog;
    private volatile String failure = "";
    private boolean closed;

    /**
     * Creates it without members.
     *
     * @param lostLog why this node, without any log, may join a chain only as a learner; empty when it may be one of its first members
     */
    public Members(NodeId self, String lostLog, ChainDriver.SharedParts surroundings) {
        this.self = self;
        this.lostLog = lostLog;
        this.surroundings = surroundings;
    }

    /** Opens the members that the metadata know, under this incarnation. */
    public synchronized void start() {
        surroundings.metadata().chains(self).forEach(this::open);
    }

    private ChainDriver open(ChainId chain) {
        ReplicaLife life = new ReplicaLife(self, chain, incarnation);
        return open(life, restored(life));
    }

    private Restored restored(ReplicaLife life) {
        // The incarnation is written before anything is read, so that no commit of an earlier one can come in between.
        surroundings.metadata().begin(life);
        return surroundings.metadata().restore(life.node(), life.chain());
    }

    private ChainDriver open(ReplicaLife life, Restored restored) {
        LOG.log(
                Level.INFO,
                "chain {0}: {1} begins incarnation {2} with last entry {3}",
                life.chain(),
                life.node(),
                life.incarnation(),
                restored.last());
        ChainDriver driver = new ChainDriver(life, restored, surroundings, this::beginAnew);
        drivers.put(life.chain(), driver);
        return driver;
    }

    /** Called by a driver whose member has been expelled. */
    private void beginAnew() {
        fenced(incarnation);
    }

    /** Called when an incarnation has lost its place in a chain; a new one begins with the durable state. */
    public void fenced(Incarnation lost) {
        surroundings.threads().control().execute(() -> rebirth(lost));
    }

    private synchronized void rebirth(Incarnation lost) {
        if (closed || !lost.equals(incarnation)) {
            return;
        }
        drivers.values().forEach(ChainDriver::close);
        Incarnation next = new Incarnation(UUID.randomUUID());
        Map<ReplicaLife, Restored> found = new LinkedHashMap<>();
        try {
            for (ChainId chain : drivers.keySet()) {
                ReplicaLife life = new ReplicaLife(self, chain, next);
                found.put(life, restored(life));
            }
        } catch (Exception e) {
            // This also catches the checked exceptions of a commit. The lost incarnation stays closed, and the next
            // one is not announced yet.
            LOG.log(
                    Level.WARNING,
                    "node " + self + " can't begin a new incarnation yet; trying again: " + e.getMessage());
            later(lost);
            return;
        }
        incarnation = next;
        found.forEach(this::open);
    }

    private void later(Incarnation lost) {
        Future<?> again = surroundings
                .threads()
                .timer()
                .schedule(() -> fenced(lost), REBIRTH_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (again.isCancelled()) {
            LOG.log(Level.DEBUG, "the node is stopping");
        }
    }

    public Incarnation incarnation() {
        return incarnation;
    }

    /** Returns the head of the node's chain, which accepts the writes, if that is another node. */
    public Optional<Member> otherHead() {
        return head().filter(head -> !head.node().equals(self));
    }

    /** True when this node is its chain's head. */
    public boolean heads() {
        return head().filter(head -> head.node().equals(self)).isPresent();
    }

    private Optional<Member> head() {
        return onlyDriver().view().chain().map(Chain::head);
    }

    /** Called with the manager's newest configuration of a chain. */
    public void configured(Chain chain) {
        ChainDriver driver = drivers.get(chain.id());
        if (driver == null && chain.has(self, incarnation) && mayJoin(chain)) {
            driver = openIfAbsent(chain.id());
        }
        if (driver != null) {
            driver.configured(chain);
        }
    }

    /** A node that has lost its log may join only as a learner: the configuration must not list it as a member yet. */
    private boolean mayJoin(Chain chain) {
        if (lostLog.isEmpty()
                || chain.members().stream().noneMatch(member -> member.node().equals(self))) {
            return true;
        }
        if (failure.isEmpty()) {
            failure = lostLog;
            LOG.log(Level.ERROR, "chain {0}: {1}", chain.id(), lostLog);
        }
        return false;
    }

    private synchronized ChainDriver openIfAbsent(ChainId chain) {
        ChainDriver driver = drivers.get(chain);
        return driver == null ? open(chain) : driver;
    }

    /**
     * Called when the manager has renewed the lease of an incarnation.
     *
     * @param untilNanos end of the lease, by {@link System#nanoTime}
     */
    public void leased(Incarnation asked, long untilNanos) {
        if (asked.equals(incarnation)) {
            drivers.values().forEach(driver -> driver.leased(untilNanos));
        }
    }

    public List<ReplicaReport> reports() {
        return drivers.values().stream().map(driver -> driver.view().report()).toList();
    }

    /** True when all of this node's members are complete. */
    public boolean complete() {
        List<ReplicaReport> reports = reports();
        return !reports.isEmpty() && reports.stream().allMatch(ReplicaReport::complete);
    }

    /** Returns a value only while all members of this node's chains are complete and this node serves. */
    public Optional<Heard> heard() {
        Map<ChainId, Epoch> epochs = new HashMap<>();
        Set<NodeId> members = new HashSet<>();
        for (ChainDriver driver : drivers.values()) {
            MemberView view = driver.view();
            Optional<Chain> whole = view.chain()
                    .filter(chain -> view.serves() && chain.members().stream().allMatch(Member::complete));
            if (whole.isEmpty()) {
                return Optional.empty();
            }
            epochs.put(whole.get().id(), whole.get().epoch());
            whole.get().members().forEach(member -> members.add(member.node()));
        }
        return epochs.isEmpty() ? Optional.empty() : Optional.of(new Heard(epochs, members));
    }

    /** Returns the nodes of all complete members of this node's chains, as far as it knows. */
    public Set<NodeId> completeNodes() {
        return drivers.values().stream()
                .flatMap(driver -> driver.view().chain().stream())
                .flatMap(chain -> chain.members().stream())
                .filter(Member::complete)
                .map(Member::node)
                .collect(Collectors.toSet());
    }

    /** Returns why this node refuses to become a member of a chain that lists it; empty if it does not refuse. */
    public Optional<String> refusal() {
        return Optional.of(failure).filter(reason -> !reason.isEmpty());
    }

    /** True while a new configuration of a chain is expected because one of its members seems to be gone. */
    public boolean awaitChange() {
        return drivers.values().stream().anyMatch(ChainDriver::awaitsChange);
    }

    /** Returns why a member of this node has failed; the node then sends no more heartbeats, and is removed from its chains. */
    public Optional<String> failure() {
        return Stream.concat(
                        Stream.of(surroundings.store().failure(), failure),
                        drivers.values().stream().map(driver -> driver.view().failure()))
                .filter(reason -> !reason.isEmpty())
                .findFirst();
    }

    /**
     * Returns this node's member of a chain.
     *
     * @throws CraqException NO_CHAIN when this node has none
     */
    public ChainDriver driver(ChainId chain) {
        ChainDriver driver = drivers.get(chain);
        if (driver == null) {
            throw new CraqException(ErrorCode.NO_CHAIN, "node " + self + " is not a member of chain " + chain);
        }
        return driver;
    }

    /**
     * Returns this node's member of the only chain; files are not yet distributed over several chains.
     *
     * @throws CraqException NO_CHAIN when there is none yet
     */
    public ChainDriver onlyDriver() {
        return drivers.values().stream()
                .findFirst()
                .orElseThrow(() -> new CraqException(
                        ErrorCode.NO_CHAIN, "node " + self + " is not in a chain yet; is the manager running?"));
    }

    public Map<ChainId, ChainDriver> drivers() {
        return Map.copyOf(drivers);
    }

    @Override
    public synchronized void close() {
        closed = true;
        drivers.values().forEach(ChainDriver::close);
    }
}
