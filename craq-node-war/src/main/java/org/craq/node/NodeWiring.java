package org.craq.node;

import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ContextService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.craq.node.admin.NodeGauges;
import org.craq.node.metadata.ChunkTable;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.metrics.NodeMeters;
import org.craq.server.AnswerCounts;
import org.craq.server.HostNames;
import org.craq.server.MetricsPage;
import org.craq.server.RequestGate;
import org.craq.server.Schema;
import org.craq.server.Settings;
import org.craq.server.Sweeps;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.ThreadCaches;

/**
 * Starts the node with its deployment and stops it with it; the only reader of configuration and container resources.
 */
@ApplicationScoped
public class NodeWiring {
    @Resource(name = "jdbc/craq")
    private DataSource database;

    @Resource
    private ManagedThreadFactory threads;

    @Resource
    private ContextService contexts;

    @Inject
    private Metadata metadata;

    @Inject
    private ChunkTable chunks;

    @Inject
    private RetentionTable retention;

    /** In order; Flyway can't list what lies in a container's deployment. */
    static final List<String> SCHEMA = List.of(
            "V1__node.sql",
            "V2__chunks_by_place.sql",
            "V3__retention.sql",
            "V4__content_left.sql",
            "V5__room_for_state.sql",
            "V6__shared_contents.sql",
            "V7__bodies.sql",
            "V8__node_store.sql",
            "V9__requests.sql");

    private Optional<Pools> pools = Optional.empty();
    private volatile Optional<NodeStart<NodeRuntime>> begun = Optional.empty();
    private volatile Optional<MetricsPage> metrics = Optional.empty();
    private volatile Optional<AnswerCounts> answers = Optional.empty();
    private volatile Optional<RequestGate> gate = Optional.empty();
    private volatile Optional<SlowClients> clients = Optional.empty();

    void start(@Observes Startup event) throws IOException {
        try {
            begin();
        } finally {
            ThreadCaches.release();
        }
    }

    private void begin() throws IOException {
        NodeConfig config = NodeConfig.read(Settings.ofProcess());
        HostNames names = HostNames.read(Settings.ofProcess(), config.httpUrl());
        // The threads know nothing of the deployment; its context is taken along from here.
        Pools made = new Pools(threads, contexts.currentContextExecutor());
        pools = Optional.of(made);
        SlowClients slow = new SlowClients(
                made.threads().connections(),
                () -> running().map(node -> node.longUploads().othersWait()).orElse(false));
        clients = Optional.of(slow);
        new Sweeps(made.threads().timer())
                .every(
                        SlowClients.SWEEP,
                        "slow clients of the REST interface are given up",
                        Runnable::run,
                        slow::sweep);
        MetricsPage page = new MetricsPage();
        AnswerCounts counts = new AnswerCounts(page.registry());
        answers = Optional.of(counts);
        gate = Optional.of(new RequestGate(names, counts));
        metrics = Optional.of(page);
        NodeMeters meters = new NodeMeters(page.registry());
        Schema schema =
                new Schema(database, NodeWiring.class.getClassLoader(), "craq_node_schema", "db/craq-node/", SCHEMA);
        NodeStart<NodeRuntime> start = new NodeStart<>(
                database,
                () -> {
                    schema.migrate();
                    NodeRuntime started = new NodeRuntime(
                            config, made.threads(), metadata, chunks, retention, meters, counts::refused);
                    NodeGauges.register(page.registry(), started);
                    return started;
                },
                NodeRuntime::close,
                NodeStart.FIRST_PAUSE);
        begun = Optional.of(start);
        NodeGauges.registerStart(page.registry(), start::refusesDatabase);
        start.begin(made.threads().data());
    }

    /** The running node. */
    public NodeRuntime node() {
        return started(running());
    }

    /** Empty while it waits for its database. */
    public Optional<NodeRuntime> running() {
        return begun.flatMap(NodeStart::node);
    }

    /** Why there is no running node. */
    public String whyNotRunning() {
        return begun.map(NodeStart::reason).orElse(NodeStart.NOT_YET);
    }

    /** True while there is none because its database is not the one that its disk has seen last. */
    public boolean refusesDatabase() {
        return begun.filter(NodeStart::refusesDatabase).isPresent();
    }

    /** What the running node counts and tells of itself. */
    public MetricsPage metrics() {
        return started(metrics);
    }

    /** Where its REST interface counts. */
    public AnswerCounts answers() {
        return started(answers);
    }

    /** What its requests by HTTP pass first. */
    public RequestGate gate() {
        return started(gate);
    }

    /** What guards its REST interface against slow clients. */
    public SlowClients clients() {
        return started(clients);
    }

    private <T> T started(Optional<T> part) {
        return part.orElseThrow(() -> new CraqException(ErrorCode.NOT_SERVING, whyNotRunning() + "; see its log"));
    }

    /** Comes twice: from {@link NodeStop}, then from the container, or from that alone if the start failed. */
    @PreDestroy
    public void stop() {
        begun.ifPresent(NodeStart::close);
        begun = Optional.empty();
        clients = Optional.empty();
        pools.ifPresent(Pools::close);
        pools = Optional.empty();
        ThreadCaches.release();
    }
}
