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
import org.craq.node.config.ContentMode;
import org.craq.node.config.NodeConfig;
import org.craq.node.membership.NodeRights;
import org.craq.node.metadata.ChunkTable;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.QuotaCounts;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.runtime.NodeRuntime;
import org.craq.node.runtime.NodeStart;
import org.craq.node.runtime.RunningNode;
import org.craq.node.threads.Pools;
import org.craq.server.AnswerCounts;
import org.craq.server.HostNames;
import org.craq.server.MetricsPage;
import org.craq.server.OwnerOnly;
import org.craq.server.RequestGate;
import org.craq.server.Schema;
import org.craq.server.Settings;
import org.craq.server.Sweeps;
import org.craq.server.TlsSettings;
import org.craq.server.access.Access;
import org.craq.server.access.SecuritySettings;
import org.craq.server.audit.AuditSettings;
import org.craq.server.audit.AuditTrail;
import org.craq.server.audit.AuditedRequests;
import org.craq.server.clients.SlowClients;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.LimitSettings;
import org.craq.server.oidc.IssuerKeys;
import org.craq.server.oidc.OidcTokens;
import org.craq.wire.ThreadCaches;
import org.craq.wire.tls.TlsCredentials;

/**
 * Starts and stops the node with its deployment. This is the only class that reads the configuration and uses container resources.
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

    @Inject
    private QuotaCounts quotas;

    @Inject
    private RunningNode running;

    /** The migrations in order; Flyway can't list the files in a container's deployment. */
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
    private AuditTrail trail = AuditTrail.off();

    void start(@Observes Startup event) throws IOException {
        try {
            begin();
        } finally {
            ThreadCaches.release();
        }
    }

    private void begin() throws IOException {
        NodeConfig config = NodeConfig.read(Settings.ofProcess());
        Optional<TlsCredentials> tls = TlsSettings.read(Settings.ofProcess());
        tls.ifPresent(
                credentials -> TlsSettings.requireNode(credentials, config.id().value()));
        boolean secure = SecuritySettings.read(
                Settings.ofProcess(),
                tls,
                List.of(config.bind().getHostString(), config.grpcAddress(), config.httpUrl()));
        ContentMode contentMode = config.effectiveContentMode(secure);
        Optional<NodeRights> rights = secure
                ? tls.map(credentials -> new NodeRights(credentials.identity().cluster(), System::nanoTime))
                : Optional.empty();
        CallerLimits limits = new CallerLimits(LimitSettings.read(Settings.ofProcess()), System::nanoTime);
        Optional<OidcTokens> issuerTokens = rights.flatMap(
                known -> OidcTokens.read(Settings.ofProcess(), known.rights().cluster()));
        Optional<String> containerPrefix = SecuritySettings.containerPrefix(Settings.ofProcess());
        Access access = rights.map(known -> Access.on(
                        known,
                        SecuritySettings.metricsAreOpen(Settings.ofProcess()),
                        limits,
                        new Access.Outside(issuerTokens.map(tokens -> tokens), containerPrefix)))
                .orElseGet(Access::off);
        trail = trail(config, secure, tls);
        AuditedRequests audited = new AuditedRequests(trail);
        HostNames names = HostNames.read(Settings.ofProcess(), config.httpUrl());
        // Captures the deployment's context here for the threads, which do not have it.
        Pools made = new Pools(threads, contexts.currentContextExecutor());
        pools = Optional.of(made);
        SlowClients slow = new SlowClients(made.threads().connections(), running::uploadsWait);
        Sweeps sweeps = new Sweeps(made.threads().timer());
        sweeps.every(SlowClients.SWEEP, "ending requests of slow REST clients", Runnable::run, slow::sweep);
        MetricsPage page = new MetricsPage();
        issuerTokens.ifPresent(tokens -> {
            tokens.keys().register(page.registry());
            sweeps.every(
                    IssuerKeys.STEP,
                    "fetching the keys of the OpenID Connect issuer",
                    made.threads().connections(),
                    tokens.keys()::refresh);
        });
        AnswerCounts counts = new AnswerCounts(page.registry());
        running.serve(new RunningNode.HttpParts(
                page, counts, new RequestGate(names, counts, access, audited), slow, access, audited));
        trail.register(page.registry());
        limits.register(page.registry());
        tls.ifPresent(credentials -> TlsSettings.register(page.registry(), credentials));
        NodeMeters meters = new NodeMeters(page.registry());
        Schema schema =
                new Schema(database, NodeWiring.class.getClassLoader(), "craq_node_schema", "db/craq-node/", SCHEMA);
        NodeStart<NodeRuntime> start = new NodeStart<>(
                database,
                () -> {
                    schema.migrate();
                    NodeRuntime started = new NodeRuntime(
                            config,
                            contentMode,
                            made.threads(),
                            metadata,
                            chunks,
                            retention,
                            quotas,
                            meters,
                            tls,
                            access,
                            trail,
                            rights,
                            counts::refused);
                    NodeGauges.register(page.registry(), started);
                    return started;
                },
                NodeRuntime::close,
                NodeStart.FIRST_PAUSE);
        running.use(start);
        NodeGauges.registerStart(page.registry(), start::refusesDatabase);
        start.begin(made.threads().data());
    }

    private AuditTrail trail(NodeConfig config, boolean secure, Optional<TlsCredentials> tls) throws IOException {
        Optional<AuditSettings> settings =
                AuditSettings.read(Settings.ofProcess(), secure, config.data().resolve("audit"));
        if (settings.filter(found -> found.directory().startsWith(config.data().toAbsolutePath()))
                .isPresent()) {
            OwnerOnly.createDirectory(config.data());
        }
        return settings.map(found -> AuditTrail.begin(
                        found,
                        threads,
                        new AuditTrail.Origin(
                                tls.map(credentials -> credentials.identity().cluster()),
                                config.id().value(),
                                secure)))
                .orElseGet(AuditTrail::off);
    }

    /** Called twice, by {@link NodeStop} and then by the container, or only by the latter if the start failed. */
    @PreDestroy
    public void stop() {
        running.stop();
        pools.ifPresent(Pools::close);
        pools = Optional.empty();
        running.endRequests();
        trail.close();
        ThreadCaches.release();
    }
}
