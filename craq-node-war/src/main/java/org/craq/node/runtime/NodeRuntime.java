package org.craq.node.runtime;

import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.craq.node.config.NodeConfig;
import org.craq.node.content.ContentMemory;
import org.craq.node.content.ContentPort;
import org.craq.node.files.Appends;
import org.craq.node.files.Changes;
import org.craq.node.files.Contents;
import org.craq.node.files.FileStore;
import org.craq.node.files.FileWrites;
import org.craq.node.files.LongUploads;
import org.craq.node.files.SharedContents;
import org.craq.node.membership.ManagerLink;
import org.craq.node.metadata.ChunkTable;
import org.craq.node.metadata.HotFiles;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.NodeChunks;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.ContentPushes;
import org.craq.node.replication.Members;
import org.craq.node.replication.OpenContents;
import org.craq.node.replication.OpenUploads;
import org.craq.node.replication.Peers;
import org.craq.node.replication.PushLines;
import org.craq.node.replication.ReplicaFetch;
import org.craq.node.replication.ReplicationService;
import org.craq.node.replication.RetentionRules;
import org.craq.node.rpc.ContentReads;
import org.craq.node.rpc.ContentWrites;
import org.craq.node.rpc.NodeService;
import org.craq.node.rpc.StalledUploads;
import org.craq.node.store.ChunkStore;
import org.craq.node.threads.Threads;
import org.craq.node.uploads.Uploads;
import org.craq.server.Sweeps;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.ErrorInterceptor;
import org.craq.wire.GrpcServer;
import org.craq.wire.v1.ContentRequest.WhatCase;
import org.craq.wire.v1.ReplicationGrpc;

/** A running node: the object graph on one page. {@link #close} leaves no thread, port or lock behind. */
public final class NodeRuntime implements AutoCloseable {
    private static final Logger LOG = System.getLogger(NodeRuntime.class.getName());
    private static final int EVENT_LOOP_THREADS = 2;
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration SLOW_SWEEP = Duration.ofSeconds(1);
    private static final long UPLOAD_SWEEP_SECONDS = 30;
    /** Content whose entry has not come by then will have none. */
    private static final long ORPHAN_GRACE_SECONDS = 600;

    private static final long FAREWELL_SECONDS = 2;

    private final NodeConfig config;
    private final ChunkStore store;
    private final NodeStorage storage;
    private final Peers peers;
    private final PushLines pushLines;
    private final Members members;
    private final ManagerLink manager;
    private final Optional<ContentPort> contentPort;
    private final GrpcServer server;
    private final FileStore files;
    private final FileWrites writes;
    private final Changes changes;
    private final Appends appends;
    private final Contents contents;
    private final Uploads uploadsInParts;
    private final LongUploads longUploads;
    private final OpenUploads uploads = new OpenUploads();
    private final Sweeps sweeps;

    /**
     * Starts: store and metadata first, then the members, then the doors.
     *
     * @param onRefusal gets the method and the code of each gRPC call that did not succeed
     * @throws CraqException STORAGE_FAILED
     * @throws IOException when a port can't be bound
     */
    public NodeRuntime(
            NodeConfig config,
            Threads threads,
            Metadata metadata,
            ChunkTable chunks,
            RetentionTable retention,
            NodeMeters meters,
            BiConsumer<String, ErrorCode> onRefusal)
            throws IOException {
        this.config = config;
        Deque<AutoCloseable> made = new ArrayDeque<>();
        try {
            NodeStorage.Opened opened = NodeStorage.open(config, chunks);
            this.store = opened.store();
            made.addLast(store);
            this.contentPort = contentPort(config, threads, onRefusal);
            contentPort.ifPresent(made::addFirst);
            int port = contentPort.map(ContentPort::port).orElse(0);
            ContentMemory memory = new ContentMemory();
            this.pushLines = new PushLines(port, threads.connections(), memory);
            made.addFirst(pushLines);
            OpenContents openContents = new OpenContents();
            HotFiles hot = new HotFiles(config.cacheBytes());
            this.peers = new Peers(threads.factory(), EVENT_LOOP_THREADS, threads.control());
            made.addFirst(peers);
            this.members = new Members(
                    config.id(),
                    opened.lostLog(),
                    new ChainDriver.Surroundings(
                            threads,
                            peers,
                            pushLines,
                            store,
                            metadata,
                            hot,
                            new RetentionRules(retention, config.versions(), config.window()),
                            openContents,
                            meters));
            made.addFirst(members);
            this.storage = new NodeStorage(
                    opened,
                    new NodeChunks(config.id(), members::incarnation, chunks, hot.chunks()),
                    new ReplicaFetch(members, peers),
                    () -> chunks.view(config.id()),
                    members,
                    config.storage(),
                    threads);
            // It has taken the store over.
            made.removeLast();
            made.addLast(storage);
            this.longUploads = new LongUploads(Runtime.getRuntime().maxMemory());
            this.files = new FileStore(config.id(), members, metadata, threads.data(), meters);
            this.writes = new FileWrites(config.id(), members, uploads, longUploads, meters);
            SharedContents shared = new SharedContents(config.id(), members, metadata, openContents);
            this.changes = new Changes(files, writes, shared, threads.data());
            this.contents =
                    new Contents(config.id(), metadata, hot.chunks(), store, storage.repair(), openContents, meters);
            this.appends = new Appends(files, writes, shared, contents, store, longUploads, threads.data());
            this.uploadsInParts =
                    new Uploads(files, writes, shared, contents, config.uploadLifetime(), () -> members.onlyDriver()
                            .view()
                            .report()
                            .epoch()
                            .value());
            StalledUploads stalled = new StalledUploads(longUploads::othersWait);
            ReplicationService replication =
                    new ReplicationService(config.id(), members, store, metadata, uploads, storage.repair(), meters);
            members.start();
            this.server = new GrpcServer(
                    config.bind(),
                    threads.factory(),
                    EVENT_LOOP_THREADS,
                    threads.entry(),
                    (MethodDescriptor<?, ?> method) -> executor(method.getFullMethodName(), threads),
                    new ErrorInterceptor(onRefusal),
                    List.of(
                            new NodeService(
                                    config.id(),
                                    files,
                                    writes,
                                    changes,
                                    appends,
                                    longUploads,
                                    contents,
                                    stalled,
                                    port,
                                    threads.data()),
                            replication));
            made.addFirst(server);
            contentPort.ifPresent(door -> door.open(Map.of(
                    WhatCase.READ, new ContentReads(config.id(), files, contents),
                    WhatCase.WRITE, new ContentWrites(writes, appends, longUploads, memory),
                    WhatCase.PUSH, new ContentPushes(replication, uploads, memory, meters))));
            this.manager = new ManagerLink(config, members, peers, threads);
            made.addFirst(manager);
            this.sweeps = new Sweeps(threads.timer());
            made.addFirst(sweeps);
            sweep(threads, stalled);
        } catch (Exception e) {
            // Also the checked exceptions of a commit, which no signature tells of. The start may be tried again.
            undo(made, e);
            throw e;
        }
        LOG.log(
                Level.INFO,
                "node {0} listens on {1} for gRPC and stores chunks in {2}",
                config.id(),
                config.bind(),
                config.data());
    }

    private void sweep(Threads threads, StalledUploads stalled) {
        sweeps.every(SWEEP, "successors that take nothing are passed over", threads.data(), uploads::sweep);
        sweeps.every(SWEEP, "clients that wait for their turn are told so", threads.data(), stalled::tellWhoWaits);
        sweeps.every(SLOW_SWEEP, "streams whose client is too slow are ended", threads.control(), stalled::sweep);
        contentPort.ifPresent(port -> sweeps.every(
                SLOW_SWEEP,
                "connections to the content port that are too slow are ended",
                threads.control(),
                () -> port.sweep(longUploads.othersWait())));
        sweeps.every(
                SWEEP,
                "contents that no entry refers to are undone",
                threads.data(),
                () -> store.expire(ORPHAN_GRACE_SECONDS));
        sweeps.every(SWEEP, "the salvage is ended", threads.data(), () -> {
            if (members.complete()) {
                store.endSalvage();
            }
        });
        sweeps.every(SWEEP, "the health service is told who serves", threads.control(), () -> server.serving(serves()));
        // Often enough that an upload's lifetime means something, if it is short.
        long uploadSweepSeconds = Math.max(
                1, Math.min(UPLOAD_SWEEP_SECONDS, config.uploadLifetime().toSeconds() / 4));
        sweeps.every(
                Duration.ofSeconds(uploadSweepSeconds),
                "uploads in parts that have expired are dropped",
                threads.data(),
                this::sweepUploads);
    }

    private static Optional<ContentPort> contentPort(
            NodeConfig config, Threads threads, BiConsumer<String, ErrorCode> onRefusal) throws IOException {
        if (config.contentConnections() == 0) {
            return Optional.empty();
        }
        return Optional.of(new ContentPort(
                config.id(), config.content(), config.contentConnections(), threads.connections(), onRefusal));
    }

    private static void undo(Deque<AutoCloseable> made, Exception cause) {
        for (AutoCloseable part : made) {
            try {
                part.close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }

    private void sweepUploads() {
        try {
            if (members.heads()) {
                uploadsInParts.sweep();
            }
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "uploads in parts are looked through again later", e);
        }
    }

    /** The ordered streams never queue behind calls that move bytes, and no call of a node behind those of users. */
    private static Executor executor(String method, Threads threads) {
        if (!method.startsWith(ReplicationGrpc.SERVICE_NAME)) {
            return threads.users();
        }
        boolean bytes = method.equals(ReplicationGrpc.getPushMethod().getFullMethodName())
                || method.equals(ReplicationGrpc.getFetchMethod().getFullMethodName());
        return bytes ? threads.data() : threads.control();
    }

    public NodeConfig config() {
        return config;
    }

    public FileStore files() {
        return files;
    }

    public FileWrites writes() {
        return writes;
    }

    public Changes changes() {
        return changes;
    }

    public Appends appends() {
        return appends;
    }

    public Contents contents() {
        return contents;
    }

    public LongUploads longUploads() {
        return longUploads;
    }

    public Uploads uploadsInParts() {
        return uploadsInParts;
    }

    public Members members() {
        return members;
    }

    public NodeStorage storage() {
        return storage;
    }

    public ManagerLink manager() {
        return manager;
    }

    /** Empty when it is switched off. */
    public Optional<ContentPort> contentPort() {
        return contentPort;
    }

    public OpenUploads uploads() {
        return uploads;
    }

    /** True when some member of this node may answer now. */
    public boolean serves() {
        return members.drivers().values().stream()
                .anyMatch(driver -> driver.view().serves());
    }

    /** An announced stop: the leases are given up, then the manager is told, so that nobody waits for them to run out. */
    @Override
    public void close() {
        sweeps.close();
        manager.close();
        for (ChainDriver driver : members.drivers().values()) {
            try {
                driver.leave().get(FAREWELL_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.log(Level.WARNING, "a member did not give up its lease in time", e);
            }
        }
        manager.leave();
        // Streams end before the doors close, which takes a while: so the neighbours ask the manager for the chain at
        // once.
        members.close();
        contentPort.ifPresent(ContentPort::close);
        server.close();
        pushLines.close();
        peers.close();
        storage.close();
        LOG.log(Level.INFO, "node {0} has stopped", config.id());
    }
}
