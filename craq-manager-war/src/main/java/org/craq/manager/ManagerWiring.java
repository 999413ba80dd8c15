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
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.craq.core.chain.ChainId;
import org.craq.manager.membership.ManagerEndpoint;
import org.craq.manager.membership.Membership;
import org.craq.manager.membership.MembershipKeeper;
import org.craq.manager.routing.Router;
import org.craq.manager.store.MembershipStore;
import org.craq.server.Schema;
import org.craq.server.Settings;
import org.craq.wire.ErrorInterceptor;
import org.craq.wire.GrpcServer;

/**
 * Builds the manager when the deployment starts and takes it down when it stops: the object graph, and the only reader of
 * configuration and container resources.
 */
@ApplicationScoped
public class ManagerWiring {
    private static final Logger LOG = System.getLogger(ManagerWiring.class.getName());
    private static final ChainId CHAIN = new ChainId("c1");
    private static final int NETWORK_THREADS = 2;
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

    private ManagerConfig config;
    private Membership membership;
    private Router router;
    private GrpcServer server;
    private ScheduledFuture<?> keeping;

    @PostConstruct
    void build() {
        config = ManagerConfig.read(Settings.ofProcess());
        membership = new Membership(config, System::nanoTime);
        router = new Router(membership::chains, config.readPolicy());
    }

    void start(@Observes Startup event) {
        MembershipKeeper keeper = new MembershipKeeper(
                membership,
                store,
                new Schema(
                        database,
                        ManagerWiring.class.getClassLoader(),
                        "craq_manager_schema",
                        "db/craq-manager/",
                        List.of("V1__membership.sql")),
                List.of(CHAIN));
        // gRPC calls from a thread of its own; the deployment's context is taken along from here.
        Executor inContext = contexts.currentContextExecutor();
        Executor managed = call -> calls.execute(() -> inContext.execute(call));
        try {
            server = new GrpcServer(
                    config.bind(),
                    threads,
                    NETWORK_THREADS,
                    managed,
                    new ErrorInterceptor(),
                    List.of(new ManagerEndpoint(membership, store, router)));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        server.serving(true);
        keeping = timer.scheduleWithFixedDelay(keeper, 0, KEEPER_PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        LOG.log(
                Level.INFO,
                "manager listens on {0}:{1} for gRPC, chains have {2} members, reads {3}",
                config.bind().getHostString(),
                Integer.toString(config.bind().getPort()),
                config.chainLength(),
                config.readPolicy().text());
    }

    @PreDestroy
    void stop() {
        if (keeping != null) {
            keeping.cancel(false);
        }
        if (server != null) {
            server.close();
        }
    }

    @Produces
    @Singleton
    Membership membership() {
        return membership;
    }

    @Produces
    @Singleton
    Router router() {
        return router;
    }
}
