package org.craq.node.runtime;

import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.craq.node.config.ContentMode;
import org.craq.node.config.NodeConfig;
import org.craq.node.content.ContentPort;
import org.craq.node.content.ContentSessions;
import org.craq.node.files.Appends;
import org.craq.node.files.Changes;
import org.craq.node.files.Contents;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.Quotas;
import org.craq.node.files.SharedContents;
import org.craq.node.files.UploadPermits;
import org.craq.node.files.WholeWrite;
import org.craq.node.membership.ManagerLink;
import org.craq.node.membership.NodeRights;
import org.craq.node.metadata.ChunkTable;
import org.craq.node.metadata.HotFiles;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.NodeChunkIndex;
import org.craq.node.metadata.QuotaCounts;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.MemberView;
import org.craq.node.replication.Members;
import org.craq.node.replication.OpenContents;
import org.craq.node.replication.OpenRelays;
import org.craq.node.replication.Peers;
import org.craq.node.replication.PortPush;
import org.craq.node.replication.PushConnections;
import org.craq.node.replication.ReplicaFetch;
import org.craq.node.replication.ReplicationService;
import org.craq.node.replication.RetentionRules;
import org.craq.node.rpc.NodeService;
import org.craq.node.rpc.PortRead;
import org.craq.node.rpc.PortWrite;
import org.craq.node.rpc.StalledStreams;
import org.craq.node.rpc.WriteReceiver;
import org.craq.node.store.ChunkStore;
import org.craq.node.threads.Threads;
import org.craq.node.uploads.KeptUnder;
import org.craq.node.uploads.ResumableUploads;
import org.craq.node.uploads.ResumableWrite;
import org.craq.security.Caller;
import org.craq.server.Sweeps;
import org.craq.server.access.Access;
import org.craq.server.access.UserCalls;
import org.craq.server.audit.AuditTrail;
import org.craq.server.audit.AuditedCalls;
import org.craq.server.audit.AuditedReload;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.ErrorInterceptor;
import org.craq.wire.GrpcServer;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.tls.TlsCredentials;
import org.craq.wire.v1.ContentRequest.WhatCase;
import org.craq.wire.v1.ReplicationGrpc;

/**
 * A running node: builds the object graph from the bottom up. First the chunk store, then replication, then files, then the servers
 * that others connect to. {@link #close} stops everything in reverse order and leaves no thread, port or lock behind.
 */
public final class NodeRuntime implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeRuntime.class.getName());
    private static final int EVENT_LOOP_THREADS = 2;
    private static final int MOST_FREE_BUFFERS = 32;
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration SLOW_SWEEP = Duration.ofSeconds(1);
    private static final long UPLOAD_SWEEP_SECONDS = 30;
    /** A content for which no log entry has arrived by then is taken for orphaned. */
    private static final long ORPHAN_GRACE_SECONDS = 600;

    private static final long FAREWELL_SECONDS = 2;

    private final Parts parts = new Parts();
    private final NodeConfig config;
    private final ContentMode contentMode;
    private final Threads threads;
    private final NodeMeters meters;
    private final Optional<TlsCredentials> tls;
    private final Access access;
    private final Optional<ContentSessions> sessions;
    private final AuditTrail trail;
    private final Replication replication;
    private final NodeStorage storage;
    private final Files files;
    private final GrpcServer server;
    private final ManagerLink manager;

    /** This node's chain members, and its connections to other nodes. */
    private record Replication(
            Peers peers,
            ChunkBuffers memory,
            Optional<ContentPort> port,
            int portNumber,
            OpenContents openContents,
            OpenRelays uploads,
            HotFiles hot,
            Members members) {}

    /** The operations on files, for all interfaces. */
    private record Files(
            FileStore store,
            FileWrites writes,
            Changes changes,
            Appends appends,
            Contents contents,
            ResumableUploads uploadsInParts,
            UploadPermits permits,
            StalledStreams stalled,
            Quotas quotas) {}

    /**
     * Starts the node.
     *
     * @param contentMode how contents travel over the content port; secure only with a certificate, and security on
     * @param tls this node's certificate; empty: gRPC is not encrypted
     * @param access decides what users may do
     * @param trail gets a line of each change
     * @param rights the rights of users, which this node gets from its manager; empty if security is off
     * @param onRefusal receives the method and the error code of each call over gRPC or the content port that failed
     * @throws CraqException STORAGE_FAILED
     * @throws IOException when a port can't be bound
     */
    public NodeRuntime(
            NodeConfig config,
            ContentMode contentMode,
            Threads threads,
            Metadata metadata,
            ChunkTable chunks,
            RetentionTable retention,
            QuotaCounts counts,
            NodeMeters meters,
            Optional<TlsCredentials> tls,
            Access access,
            AuditTrail trail,
            Optional<NodeRights> rights,
            BiConsumer<String, ErrorCode> onRefusal)
            throws IOException {
        this.config = config;
        this.access = access;
        this.contentMode = contentMode;
        this.sessions = access.isOn()
                ? Optional.of(new ContentSessions(access, contentMode == ContentMode.SECURE))
                : Optional.empty();
        this.trail = trail;
        this.tls = tls;
        this.threads = threads;
        this.meters = meters;
        try {
            NodeStorage.Opened opened = NodeStorage.open(config, chunks);
            parts.add(opened.store());
            this.replication = replication(
                    opened, metadata, new RetentionRules(retention, config.versions(), config.window()), onRefusal);
            this.storage = parts.replace(opened.store(), storage(opened, chunks));
            this.files = files(metadata, counts, rights);
            replication.members().start();
            this.server = doors(metadata, onRefusal);
            this.manager = new ManagerLink(config, replication.members(), replication.peers(), threads, rights);
            parts.add(this::leave);
            sweep(parts.add(new Sweeps(threads.timer())));
        } catch (Exception e) {
            // This also catches the checked exceptions of a commit, which are not declared. The start may be retried.
            parts.close();
            throw e;
        }
        LOG.log(
                Level.INFO,
                "node {0} listens on {1} for gRPC and stores chunks in {2}",
                config.id(),
                config.bind(),
                config.data());
    }

    private Replication replication(
            NodeStorage.Opened opened,
            Metadata metadata,
            RetentionRules retention,
            BiConsumer<String, ErrorCode> onRefusal)
            throws IOException {
        ChunkBuffers memory = ChunkBuffers.direct(MOST_FREE_BUFFERS);
        OpenContents openContents = new OpenContents();
        HotFiles hot = new HotFiles(config.cacheBytes());
        Peers peers = parts.add(new Peers(threads.factory(), EVENT_LOOP_THREADS, threads.control(), tls));
        Optional<ContentPort> port = contentPort(onRefusal);
        int portNumber = port.map(ContentPort::port).orElse(0);
        PushConnections connections =
                parts.add(new PushConnections(portNumber, sessions, tls, threads.connections(), memory));
        Members members = parts.add(new Members(
                config.id(),
                opened.lostLog(),
                new ChainDriver.SharedParts(
                        threads, peers, connections, opened.store(), metadata, hot, retention, openContents, meters)));
        return new Replication(peers, memory, port, portNumber, openContents, new OpenRelays(), hot, members);
    }

    private Optional<ContentPort> contentPort(BiConsumer<String, ErrorCode> onRefusal) throws IOException {
        if (config.contentConnections() == 0) {
            return Optional.empty();
        }
        return Optional.of(parts.add(new ContentPort(
                config.id(),
                config.content(),
                config.contentConnections(),
                sessions,
                tls.filter(certificate -> contentMode == ContentMode.SECURE).map(TlsCredentials::forContents),
                threads.connections(),
                onRefusal)));
    }

    private NodeStorage storage(NodeStorage.Opened opened, ChunkTable chunks) {
        Members members = replication.members();
        return new NodeStorage(
                opened,
                new NodeChunkIndex(
                        config.id(),
                        members::incarnation,
                        chunks,
                        replication.hot().chunks()),
                new ReplicaFetch(members, replication.peers()),
                () -> chunks.view(config.id()),
                members,
                config.storage(),
                threads);
    }

    private Files files(Metadata metadata, QuotaCounts counts, Optional<NodeRights> rights) {
        Members members = replication.members();
        UploadPermits permits = new UploadPermits(Runtime.getRuntime().maxMemory());
        FileStore store = new FileStore(config.id(), members, metadata, threads.data(), meters);
        Quotas quotas = new Quotas(
                () -> rights.map(known -> known.rights().quotas()).orElse(List.of()),
                () -> position(members),
                new KeptUnder(
                        config.id(), () -> members.onlyDriver().view().report().chain(), counts),
                threads.data(),
                System::nanoTime);
        FileWrites writes = new FileWrites(config.id(), members, replication.uploads(), permits, meters, quotas);
        SharedContents shared = new SharedContents(config.id(), members, metadata, replication.openContents());
        Contents contents = new Contents(
                config.id(),
                metadata,
                replication.hot().chunks(),
                storage.store(),
                storage.repair(),
                replication.openContents(),
                meters);
        ResumableUploads uploadsInParts = new ResumableUploads(
                store, writes, shared, contents, config.uploadLifetime(), () -> members.onlyDriver()
                        .view()
                        .report()
                        .epoch()
                        .value());
        return new Files(
                store,
                writes,
                new Changes(store, writes, shared, threads.data()),
                new Appends(store, writes, shared, contents, storage.store(), permits, threads.data()),
                contents,
                uploadsInParts,
                permits,
                new StalledStreams(permits::othersWait),
                quotas);
    }

    private static Quotas.Position position(Members members) {
        MemberView view = members.onlyDriver().view();
        return new Quotas.Position(
                view.report().epoch(),
                members.heads(),
                view.durable(),
                view.report().commit());
    }

    private GrpcServer doors(Metadata metadata, BiConsumer<String, ErrorCode> onRefusal) throws IOException {
        ReplicationService members = new ReplicationService(
                config.id(),
                replication.members(),
                storage.store(),
                metadata,
                replication.uploads(),
                storage.repair(),
                meters);
        WriteReceiver receiver = new WriteReceiver(
                new WholeWrite.Receiver(files.writes(), files.appends(), files.permits(), replication.memory()),
                new ResumableWrite.Receiver(
                        files.writes(), files.uploadsInParts(), files.permits(), replication.memory()));
        NodeService users = new NodeService(
                config.id(),
                files.store(),
                files.writes(),
                files.changes(),
                files.contents(),
                receiver,
                files.stalled(),
                replication.portNumber(),
                sessions,
                threads,
                access);
        GrpcServer opened = parts.add(new GrpcServer(
                config.bind(),
                threads.factory(),
                EVENT_LOOP_THREADS,
                threads.entry(),
                (MethodDescriptor<?, ?> method) -> executor(method.getFullMethodName()),
                new AuditedCalls(trail, new ErrorInterceptor(onRefusal)),
                tls,
                Optional.of(new UserCalls(access, NodeService.RULES, List.of(users, members))),
                List.of(users, members)));
        replication
                .port()
                .ifPresent(port -> port.open(Map.of(
                        WhatCase.READ, new PortRead(config.id(), files.store(), files.contents(), trail),
                        WhatCase.WRITE, new PortWrite(receiver, trail),
                        WhatCase.PUSH, new PortPush(members, replication.memory()))));
        return opened;
    }

    /** Ensures that ordered streams never queue behind calls that transfer bytes, nor calls from nodes behind those of users. */
    private Executor executor(String method) {
        if (!method.startsWith(ReplicationGrpc.SERVICE_NAME)) {
            return threads.users();
        }
        boolean bytes = method.equals(ReplicationGrpc.getPushMethod().getFullMethodName())
                || method.equals(ReplicationGrpc.getFetchMethod().getFullMethodName());
        return bytes ? threads.data() : threads.control();
    }

    private void sweep(Sweeps sweeps) {
        StalledStreams stalled = files.stalled();
        ChunkStore store = storage.store();
        sweeps.every(SWEEP, "bypassing successors that accept no bytes", threads.data(), replication.uploads()::sweep);
        sweeps.every(SWEEP, "notifying clients that wait for a permit", threads.data(), stalled::tellWhoWaits);
        sweeps.every(SLOW_SWEEP, "ending streams of slow clients", threads.control(), stalled::sweep);
        replication
                .port()
                .ifPresent(port -> sweeps.every(
                        SLOW_SWEEP,
                        "ending slow connections to the content port",
                        threads.control(),
                        () -> port.sweep(files.permits().othersWait())));
        sweeps.every(SWEEP, "discarding orphaned contents", threads.data(), () -> store.expire(ORPHAN_GRACE_SECONDS));
        tls.ifPresent(credentials -> sweeps.every(
                TlsCredentials.RELOAD,
                "taking changed TLS files",
                threads.data(),
                new AuditedReload(trail, credentials)));
        sweeps.every(SWEEP, "ending the salvage", threads.data(), () -> {
            if (replication.members().complete()) {
                store.endSalvage();
            }
        });
        sweeps.every(SLOW_SWEEP, "counting what is kept under quotas", threads.data(), this::countForQuotas);
        sweeps.every(SWEEP, "updating the gRPC health service", threads.control(), () -> server.serving(serves()));
        // Frequent enough that even a short lifetime of uploads is kept approximately.
        long uploadSweepSeconds = Math.max(
                1, Math.min(UPLOAD_SWEEP_SECONDS, config.uploadLifetime().toSeconds() / 4));
        sweeps.every(
                Duration.ofSeconds(uploadSweepSeconds), "deleting expired uploads", threads.data(), this::sweepUploads);
    }

    private void countForQuotas() throws Exception {
        if (!replication.members().drivers().isEmpty()) {
            files.quotas().sweep();
        }
    }

    private void sweepUploads() {
        try {
            if (replication.members().heads()) {
                files.uploadsInParts().sweep();
            }
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "sweeping expired uploads failed and will be retried", e);
        }
    }

    public NodeConfig config() {
        return config;
    }

    /** Returns this node's certificate; empty if nothing is encrypted. */
    public Optional<TlsCredentials> tls() {
        return tls;
    }

    public FileStore files() {
        return files.store();
    }

    public FileWrites writes() {
        return files.writes();
    }

    public Changes changes() {
        return files.changes();
    }

    public Appends appends() {
        return files.appends();
    }

    public Contents contents() {
        return files.contents();
    }

    public Quotas quotas() {
        return files.quotas();
    }

    public UploadPermits longUploads() {
        return files.permits();
    }

    public ResumableUploads uploadsInParts() {
        return files.uploadsInParts();
    }

    public Members members() {
        return replication.members();
    }

    public NodeStorage storage() {
        return storage;
    }

    /** See {@link ManagerLink#sign}. */
    public String sign(Caller caller, String fingerprint) {
        return manager.sign(caller, fingerprint);
    }

    public ManagerLink manager() {
        return manager;
    }

    /** Returns the content port; empty when it is switched off. */
    public Optional<ContentPort> contentPort() {
        return replication.port();
    }

    /** Returns how contents travel over the content port. */
    public ContentMode contentMode() {
        return contentMode;
    }

    public OpenRelays uploads() {
        return replication.uploads();
    }

    /** True when one of this node's members may answer now. */
    public boolean serves() {
        return members().drivers().values().stream()
                .anyMatch(driver -> driver.view().serves());
    }

    /**
     * Announces the stop: releases the leases and then notifies the manager, so that nobody has to wait until they expire. Streams to
     * the neighbours end before the server closes, which takes a while, so that the neighbours ask the manager for the chain at once.
     */
    private void leave() {
        manager.close();
        for (ChainDriver driver : members().drivers().values()) {
            try {
                driver.leave().get(FAREWELL_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.log(Level.WARNING, "a member did not release its lease in time", e);
            }
        }
        manager.leave();
        members().close();
    }

    @Override
    public void close() {
        parts.close();
        LOG.log(Level.INFO, "node {0} has stopped", config.id());
    }
}
