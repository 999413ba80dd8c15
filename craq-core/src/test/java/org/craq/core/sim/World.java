package org.craq.core.sim;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;

/**
 * One run: a cluster, its clients and its faults on virtual time, all drawn from one seed. After a phase with faults
 * everything is repaired; then, within a bounded time, everything must be answered and all replicas must be equal.
 */
final class World {
    static final ChainId CHAIN = new ChainId("c1");
    static final NodeId DATABASE = new NodeId("database");
    static final NodeId CLIENTS = new NodeId("clients");
    private static final long LOAD = 2500 * VirtualTime.MILLI;
    private static final long TROUBLE = 2000 * VirtualTime.MILLI;
    private static final long PATIENCE = 15_000 * VirtualTime.MILLI;

    private final VirtualTime time = new VirtualTime();
    private final Trace trace = new Trace(time);
    private final Ledger ledger = new Ledger();
    private final History history = new History();
    private final Commits commits = new Commits(time);
    private final Invariants invariants = new Invariants(this);
    private final Chance chance;
    private final Settings settings;
    private final Network network;
    private final ManagerDatabase database = new ManagerDatabase(this);
    private final LeaseBook leases = new LeaseBook(time);
    private final RightsBook rights = new RightsBook(this);
    private final Set<Incarnation> withoutDisk = new HashSet<>();
    private final List<SimManager> managers;
    private final List<FileName> names;
    private final List<SimNode> nodes;
    private final Map<NodeId, SimNode> byId;
    private final List<SimClient> clients;
    private final Nemesis nemesis;
    private boolean pushes = true;
    private boolean lies;

    World(long seed, Settings settings) {
        this.chance = new Chance(seed);
        this.settings = settings;
        this.network = new Network(time, chance);
        this.managers = IntStream.rangeClosed(1, settings.managers())
                .mapToObj(i -> new SimManager(this, new NodeId("m" + i)))
                .toList();
        this.names = IntStream.range(0, settings.files())
                .mapToObj(i -> new FileName("dir/file " + i))
                .toList();
        this.nodes = IntStream.rangeClosed(1, settings.chainLength() + settings.spares())
                .mapToObj(i -> new SimNode(this, new NodeId("n" + i)))
                .toList();
        this.byId = nodes.stream().collect(Collectors.toMap(SimNode::id, Function.identity()));
        this.clients = IntStream.rangeClosed(1, settings.clients())
                .mapToObj(i -> new SimClient(this))
                .toList();
        this.nemesis = new Nemesis(this);
    }

    /** Runs to the end, checks the history and returns it. */
    History run() {
        start();
        clients.forEach(SimClient::start);
        nemesis.start();
        rights.start();
        runUntil(TROUBLE);
        nemesis.stop();
        runUntil(LOAD);
        clients.forEach(SimClient::stop);
        for (long wait = LOAD; !settled(); wait += 100 * VirtualTime.MILLI) {
            if (wait > LOAD + PATIENCE) {
                throw new Violation("not settled in time: " + whatIsOpen());
            }
            runUntil(wait);
        }
        new HistoryChecker(names, finalLog()).check(history);
        return history;
    }

    /** Starts managers and nodes. */
    void start() {
        managers.forEach(SimManager::start);
        nodes.forEach(SimNode::start);
    }

    void runUntil(long deadline) {
        boolean more = true;
        while (more) {
            more = time.step(deadline);
        }
    }

    /** Returns true if every client has its answers, and every member of a full chain holds the same, clean log. */
    boolean settled() {
        Optional<Chain> chain = database.chain();
        return chain.isPresent()
                && chain.get().members().size() == settings.chainLength()
                && clients.stream().allMatch(SimClient::idle)
                && chain.get().members().stream().allMatch(member -> settled(member, chain.get()));
    }

    private boolean settled(Member member, Chain chain) {
        // A member may have dropped entries that its disk still holds for a moment.
        return member.complete()
                && node(member.node()).disk().last().equals(finalLogEnd().last())
                && node(member.node())
                        .life()
                        .filter(life -> life.incarnation().equals(member.incarnation()))
                        .map(life -> life.replica().report())
                        .filter(report -> report.complete() && report.epoch().equals(chain.epoch()))
                        .filter(this::clean)
                        .isPresent();
    }

    private boolean clean(ReplicaReport report) {
        return report.commit().equals(report.last())
                && report.last().equals(finalLogEnd().last());
    }

    private Disk finalLogEnd() {
        return node(database.chain().orElseThrow().head().node()).disk();
    }

    /** Returns every entry of the log that all members hold in the end, after checking their disks against it. */
    List<Entry> finalLog() {
        Disk head = finalLogEnd();
        List<Entry> log = head.version(head.last()).map(ledger::logUpTo).orElse(List.of());
        Remains remains = new Remains(names, log, settings.versions());
        database.chain()
                .orElseThrow()
                .members()
                .forEach(member ->
                        remains.check(member.node(), node(member.node()).disk()));
        return log;
    }

    private String whatIsOpen() {
        StringBuilder text = new StringBuilder("chain " + database.chain());
        nodes.forEach(node -> text.append("\n  ")
                .append(node.id())
                .append(' ')
                .append(node.life()
                        .map(life -> life.incarnation() + " serves=" + life.serves() + " "
                                + life.replica().report())
                        .orElse("down")));
        clients.forEach(client -> text.append("\n  ").append(client));
        return text.toString();
    }

    boolean has(Flaw flaw) {
        return settings.flaws().contains(flaw);
    }

    /** Returns true for the flaws with which a log is sent with undeclared gaps. */
    boolean flawedLoads() {
        return has(Flaw.TOMBSTONE_DROPPED_ABOVE_HORIZON) || has(Flaw.FORGOTTEN_WHILE_SENT);
    }

    SimNode node(NodeId id) {
        return byId.get(id);
    }

    VirtualTime time() {
        return time;
    }

    Trace trace() {
        return trace;
    }

    Ledger ledger() {
        return ledger;
    }

    Commits commits() {
        return commits;
    }

    History history() {
        return history;
    }

    Invariants invariants() {
        return invariants;
    }

    Chance chance() {
        return chance;
    }

    Settings settings() {
        return settings;
    }

    Network network() {
        return network;
    }

    ManagerDatabase database() {
        return database;
    }

    LeaseBook leases() {
        return leases;
    }

    RightsBook rights() {
        return rights;
    }

    List<SimManager> managers() {
        return managers;
    }

    /** Returns true until everything has been repaired. */
    boolean troubled() {
        return !nemesis.isStopped();
    }

    /** From now on content only arrives by being fetched. */
    void pushNothing() {
        pushes = false;
    }

    boolean pushes() {
        return pushes;
    }

    /** From now on members may send impossible messages. */
    void allowLies() {
        lies = true;
    }

    boolean lies() {
        return lies;
    }

    /** Records that the disk of these incarnations is lost. */
    void diskLost(Set<Incarnation> lives) {
        withoutDisk.addAll(lives);
    }

    boolean isDiskLost(Incarnation life) {
        return withoutDisk.contains(life);
    }

    List<FileName> names() {
        return names;
    }

    List<SimNode> nodes() {
        return nodes;
    }
}
