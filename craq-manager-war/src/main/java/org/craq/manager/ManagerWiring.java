package org.craq.manager;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ContextService;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.craq.core.chain.ChainId;
import org.craq.core.leadership.LeaseTimes;
import org.craq.manager.admin.ManagerGauges;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.membership.ChainChanges;
import org.craq.manager.membership.Membership;
import org.craq.manager.membership.MembershipKeeper;
import org.craq.manager.routing.Router;
import org.craq.manager.rpc.ManagerEndpoint;
import org.craq.manager.store.LeaderStore;
import org.craq.manager.store.LeaseStore;
import org.craq.manager.store.MembershipStore;
import org.craq.manager.store.UserStore;
import org.craq.manager.store.WishStore;
import org.craq.manager.users.FirstKey;
import org.craq.manager.users.Logins;
import org.craq.manager.users.TokenIssuer;
import org.craq.manager.users.Users;
import org.craq.server.AnswerCounts;
import org.craq.server.HostNames;
import org.craq.server.MetricsPage;
import org.craq.server.RequestGate;
import org.craq.server.Schema;
import org.craq.server.Settings;
import org.craq.server.Sweeps;
import org.craq.server.TlsSettings;
import org.craq.server.access.Access;
import org.craq.server.access.SecuritySettings;
import org.craq.server.access.UserCalls;
import org.craq.server.audit.AuditRecord;
import org.craq.server.audit.AuditSettings;
import org.craq.server.audit.AuditTrail;
import org.craq.server.audit.AuditedCalls;
import org.craq.server.audit.AuditedReload;
import org.craq.server.audit.AuditedRequests;
import org.craq.server.clients.SlowClients;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.LimitSettings;
import org.craq.server.oidc.IssuerKeys;
import org.craq.server.oidc.OidcTokens;
import org.craq.wire.ErrorInterceptor;
import org.craq.wire.GrpcServer;
import org.craq.wire.NodeCalls;
import org.craq.wire.ThreadCaches;
import org.craq.wire.tls.TlsCredentials;

/**
 * Builds the manager when the deployment starts, and shuts it down when it stops. Creates the object graph, and is the
 * only class that reads configuration and container resources.
 */
@ApplicationScoped
public class ManagerWiring {
    private static final Logger LOG = System.getLogger(ManagerWiring.class.getName());
    private static final ChainId CHAIN = new ChainId("c1");
    private static final int NETWORK_THREADS = 2;
    /** The queue for these threads is bounded by the maximum number of open calls of users. */
    private static final int USERS_THREADS = 8;

    private static final int ENTRY_THREADS = 2;
    private static final long END_SECONDS = 5;
    private static final long IDLE_SECONDS = 30;
    private static final long KEEPER_PERIOD_MILLIS = 100;

    @Resource(name = "jdbc/craq")
    private DataSource database;

    @Resource
    private ManagedExecutorService calls;

    @Resource
    private ManagedScheduledExecutorService timer;

    @Resource
    private ManagedThreadFactory threads;

    @Resource
    private ContextService contexts;

    @Inject
    private MembershipStore store;

    @Inject
    private LeaderStore leaderStore;

    @Inject
    private LeaseStore leaseStore;

    @Inject
    private WishStore wishStore;

    @Inject
    private UserStore userStore;

    private ManagerConfig config;
    private Optional<TlsCredentials> tls;
    private Optional<OidcTokens> issuerTokens;
    private Access access;
    private Users users;
    private TokenIssuer issuer;
    private Logins logins;
    private Leadership leadership;
    private Membership membership;
    private ChainChanges changes;
    private Router router;
    private MetricsPage metrics;
    private AnswerCounts answers;
    private AuditTrail trail = AuditTrail.off();
    private AuditedRequests audited;
    private RequestGate gate;
    private GrpcServer server;
    private Sweeps keeping;
    private ThreadPoolExecutor ownThreads;
    private ThreadPoolExecutor usersThreads;
    private ThreadPoolExecutor entry;
    /** The issuer may let its client wait for long. */
    private ThreadPoolExecutor issuerThread;

    private SlowClients clients;

    @PostConstruct
    void build() {
        Settings settings = Settings.ofProcess();
        config = ManagerConfig.read(settings);
        tls = TlsSettings.read(settings);
        tls.ifPresent(TlsSettings::requireManager);
        boolean secure = SecuritySettings.read(
                settings,
                tls,
                List.of(
                        config.bind().getHostString(),
                        config.self().grpcAddress(),
                        config.self().httpUrl()));
        leadership = new Leadership(config.self(), LeaseTimes.of(config.takeover()), leaseStore, System::nanoTime);
        String cluster =
                tls.map(credentials -> credentials.identity().cluster()).orElse("");
        issuer = new TokenIssuer(cluster);
        users = new Users(
                cluster,
                leadership,
                userStore,
                leaderStore,
                issuer,
                config.lease(),
                secure ? FirstKey.read(settings) : Optional.empty(),
                words -> trail.add(AuditRecord.ofServer("users", AuditRecord.OK, words)));
        CallerLimits limits = new CallerLimits(LimitSettings.read(settings), System::nanoTime);
        logins = new Logins(users::records, issuer, limits, System::nanoTime);
        trail = AuditSettings.read(settings, secure, AuditSettings.defaultDirectory(settings))
                .map(found -> AuditTrail.begin(
                        found,
                        threads,
                        new AuditTrail.Origin(
                                Optional.of(cluster), config.self().id(), secure)))
                .orElseGet(AuditTrail::off);
        audited = new AuditedRequests(trail);
        issuerTokens = secure ? OidcTokens.read(settings, cluster) : Optional.empty();
        access = secure
                ? Access.on(
                        users,
                        SecuritySettings.metricsAreOpen(settings),
                        limits,
                        new Access.Outside(
                                issuerTokens.map(tokens -> tokens), SecuritySettings.containerPrefix(settings)))
                : Access.off();
        membership = new Membership(
                config.chainRules(), System::nanoTime, leadership::require, () -> access.isOn() ? users.version() : 0);
        changes = new ChainChanges(leadership, membership, wishStore, leaderStore);
        router = new Router(membership::chains, config.readPolicy());
        metrics = new MetricsPage();
        tls.ifPresent(credentials -> TlsSettings.register(metrics.registry(), credentials));
        trail.register(metrics.registry());
        limits.register(metrics.registry());
        issuerTokens.ifPresent(tokens -> tokens.keys().register(metrics.registry()));
        answers = new AnswerCounts(metrics.registry());
        gate = new RequestGate(HostNames.read(settings, config.self().httpUrl()), answers, access, audited);
        ownThreads = new ThreadPoolExecutor(
                0, SlowClients.MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        clients = new SlowClients(ownThreads, () -> false);
        ManagerGauges.register(metrics.registry(), leadership, membership);
    }

    void start(@Observes Startup event) {
        MembershipKeeper keeper = new MembershipKeeper(
                leadership,
                membership,
                store,
                wishStore,
                leaderStore,
                access.isOn() ? Optional.of(users) : Optional.empty(),
                new Schema(
                        database,
                        ManagerWiring.class.getClassLoader(),
                        "craq_manager_schema",
                        "db/craq-manager/",
                        List.of(
                                "V1__membership.sql",
                                "V2__leadership.sql",
                                "V3__wishes.sql",
                                "V4__horizon.sql",
                                "V5__users.sql",
                                "V6__quotas.sql")),
                List.of(CHAIN));
        entry = pool(ENTRY_THREADS);
        usersThreads = pool(USERS_THREADS);
        Executor nodesCalls = inContext(calls);
        Executor usersCalls = inContext(usersThreads);
        List<ManagerEndpoint> services = List.of(new ManagerEndpoint(
                leadership,
                membership,
                leaderStore,
                router,
                keeper,
                access.isOn() ? Optional.of(new ManagerEndpoint.UserParts(users, issuer, logins)) : Optional.empty()));
        try {
            server = new GrpcServer(
                    config.bind(),
                    threads,
                    NETWORK_THREADS,
                    entry,
                    method -> NodeCalls.contains(method.getFullMethodName()) ? nodesCalls : usersCalls,
                    new AuditedCalls(trail, new ErrorInterceptor(answers::refused)),
                    tls,
                    Optional.of(new UserCalls(access, ManagerEndpoint.RULES, services)),
                    services);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } finally {
            ThreadCaches.release();
        }
        server.serving(true);
        keeping = new Sweeps(timer);
        keeping.every(
                Duration.ofMillis(KEEPER_PERIOD_MILLIS),
                "keeping chains and leadership up to date",
                Runnable::run,
                keeper::run);
        tls.ifPresent(credentials -> keeping.every(
                TlsCredentials.RELOAD,
                "taking changed TLS files",
                Runnable::run,
                new AuditedReload(trail, credentials)));
        issuerThread = pool(1);
        issuerTokens.ifPresent(tokens -> keeping.every(
                IssuerKeys.STEP,
                "fetching the keys of the OpenID Connect issuer",
                issuerThread,
                tokens.keys()::refresh));
        keeping.every(
                SlowClients.SWEEP, "disconnecting slow clients of the REST interface", Runnable::run, clients::sweep);
        LOG.log(
                Level.INFO,
                "manager {0} listens on {1}:{2} for gRPC, chains have {3} members, reads {4}",
                config.self().id(),
                config.bind().getHostString(),
                Integer.toString(config.bind().getPort()),
                config.chainLength(),
                config.readPolicy().text());
    }

    /**
     * Returns an executor that runs gRPC calls in the deployment's context, which is captured here because gRPC's own
     * threads do not have it. The threads belong to the server.
     */
    private Executor inContext(Executor threads) {
        Executor inContext = contexts.currentContextExecutor();
        return call -> threads.execute(() -> {
            try {
                inContext.execute(call);
            } finally {
                ThreadCaches.release();
            }
        });
    }

    private ThreadPoolExecutor pool(int size) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Stops the manager. Called twice: by {@link ManagerStop} and then by the container, or only by the container if
     * the start failed.
     */
    @PreDestroy
    public void stop() {
        if (keeping != null) {
            keeping.close();
        }
        if (server != null) {
            giveUpLeadership();
            server.close();
            server = null;
        }
        for (ThreadPoolExecutor pool : new ThreadPoolExecutor[] {ownThreads, usersThreads, entry, issuerThread}) {
            if (pool != null) {
                pool.shutdownNow();
            }
        }
        if (clients != null) {
            endRequests();
        }
        trail.close();
        ThreadCaches.release();
    }

    private void endRequests() {
        try {
            ownThreads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.close();
    }

    /**
     * Releases the leadership, before the server closes: until another manager leads, nodes and clients then learn why
     * this one refuses.
     */
    private void giveUpLeadership() {
        try {
            leadership.resign();
        } catch (Exception e) {
            // A failed commit also throws undeclared checked exceptions.
            LOG.log(
                    Level.INFO,
                    "the leadership could not be released in the database; another manager takes over after the"
                            + " takeover time: {0}",
                    e.toString());
        }
    }

    @Produces
    @Singleton
    Leadership leadership() {
        return leadership;
    }

    @Produces
    @Singleton
    Membership membership() {
        return membership;
    }

    @Produces
    @Singleton
    ChainChanges changes() {
        return changes;
    }

    @Produces
    @Singleton
    Router router() {
        return router;
    }

    @Produces
    @Singleton
    MetricsPage metrics() {
        return metrics;
    }

    @Produces
    @Singleton
    RequestGate gate() {
        return gate;
    }

    @Produces
    @Singleton
    Optional<TlsCredentials> tls() {
        return tls;
    }

    @Produces
    @Singleton
    SlowClients clients() {
        return clients;
    }

    @Produces
    @Singleton
    Access access() {
        return access;
    }

    @Produces
    @Singleton
    Users users() {
        return users;
    }

    @Produces
    @Singleton
    TokenIssuer issuer() {
        return issuer;
    }

    @Produces
    @Singleton
    Logins logins() {
        return logins;
    }

    @Produces
    @Singleton
    AuditedRequests audited() {
        return audited;
    }

    @Produces
    @Singleton
    AnswerCounts answers() {
        return answers;
    }
}
