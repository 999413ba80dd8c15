package org.craq.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.craq.wire.CraqException;
import org.craq.wire.content.ContentConnections;

/**
 * Stores files in a CRAQ cluster and reads them back. Thread-safe; make one and share it.
 *
 * <pre>{@code
 * try (CraqClient client = CraqClient.builder().manager("127.0.0.1:9005").build()) {
 *     Receipt receipt = client.put("reports/2026.pdf", Path.of("2026.pdf"));
 *     System.out.println(receipt.version() + " is durable on " + receipt.members());
 *     client.get("reports/2026.pdf", Path.of("copy.pdf"));
 *     for (FileInfo file : client.listAll("reports/")) {
 *         System.out.println(file.name() + " " + file.length());
 *     }
 * }
 * }</pre>
 *
 * <p>All methods block; see {@link #async} for others. Content streams in bounded memory, whatever its size, and is checked by CRC32C on the way.
 *
 * <p>Failures of the store are a {@link CraqException} with its code; failures of a local file or stream are an {@link
 * IOException}. What can be repeated is repeated, at the member that the manager then names, until the operation has made
 * no progress for the operation timeout. A write is repeated under the same write id, so it takes effect once at most. A
 * write from a {@link Path} can always be sent again; one from an {@link InputStream} only while no more than
 * {@value #REPLAY_BYTES} bytes have been taken from it. Where it can't, and its outcome is unknown, the code is {@code
 * OUTCOME_UNKNOWN} and the message names the write id: put the same content again with {@link
 * PutOptions#withWriteId} to learn the outcome.
 *
 * <p>{@link #close} ends every connection and every thread of the client; operations still running then fail.
 */
public final class CraqClient implements AutoCloseable {
    /** How much of an {@link InputStream} is remembered so that its beginning can be sent again. */
    public static final int REPLAY_BYTES = 8 << 20;

    private static final int MOST_IDLE_CONNECTIONS = 64;

    private final Channels channels;
    private final ContentConnections<Peer> connections = new ContentConnections<>(Peer::address, MOST_IDLE_CONNECTIONS);
    private final Writer writer;
    private final Reader reader;
    private final Routing routing;
    private final Retry retry;

    private CraqClient(Builder builder) {
        channels = new Channels(builder.executor);
        routing = new Routing(channels, builder.managers);
        retry = new Retry(routing, builder.operationTimeout);
        writer = new Writer(channels, connections, retry, builder.progressTimeout);
        reader = new Reader(
                channels,
                connections,
                retry,
                builder.progressTimeout,
                builder.hedgedReads ? Optional.of(new Hedging()) : Optional.empty());
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Stores the file's content under a name, as its new version. */
    public Receipt put(String name, Path source) throws IOException {
        return put(name, source, PutOptions.defaults());
    }

    /** As {@link #put(String, Path)}. Fails, and stores nothing, if the file changes while it is read. */
    public Receipt put(String name, Path source, PutOptions options) throws IOException {
        Names.check(name);
        try (FileSource file = new FileSource(source)) {
            return writer.put(name, file, options);
        }
    }

    /** Stores all that the stream gives, as the file's new version. The stream is not closed. */
    public Receipt put(String name, InputStream source) throws IOException {
        return put(name, source, PutOptions.defaults());
    }

    /**
     * As {@link #put(String, InputStream)}.
     *
     * <pre>{@code
     * byte[] text = "first".getBytes(StandardCharsets.UTF_8);
     * PutOptions once = PutOptions.defaults().withContentType("text/plain").ifAbsent();
     * Receipt receipt = client.put("notes/today", new ByteArrayInputStream(text), once);
     * }</pre>
     */
    public Receipt put(String name, InputStream source, PutOptions options) throws IOException {
        Names.check(name);
        return writer.put(name, new StreamSource(source, REPLAY_BYTES), options);
    }

    /** Adds the source's content to the end of a file, or makes the file of it. */
    public Receipt append(String name, Path source) throws IOException {
        return append(name, source, PutOptions.defaults());
    }

    /**
     * As {@link #append(String, Path)}. Content type and metadata are for a file that is made; one that is there keeps its own. Appends
     * of several clients come one after the other, each whole.
     *
     * @return the new version; its length and checksum are those of the whole file
     */
    public Receipt append(String name, Path source, PutOptions options) throws IOException {
        Names.check(name);
        try (FileSource file = new FileSource(source)) {
            return writer.append(name, file, options);
        }
    }

    /**
     * As {@link #append(String, Path, PutOptions)}, of all that the stream gives. The stream is not closed.
     *
     * <pre>{@code
     * byte[] line = "one more line\n".getBytes(StandardCharsets.UTF_8);
     * Receipt receipt = client.append("logs/today", new ByteArrayInputStream(line), PutOptions.defaults());
     * System.out.println(receipt.length() + " bytes by now");
     * }</pre>
     */
    public Receipt append(String name, InputStream source, PutOptions options) throws IOException {
        Names.check(name);
        return writer.append(name, new StreamSource(source, REPLAY_BYTES), options);
    }

    /** Writes the newest version's content to the target, which is neither flushed nor closed. */
    public FileInfo get(String name, OutputStream target) throws IOException {
        return get(name, target, GetOptions.defaults());
    }

    /**
     * As {@link #get(String, OutputStream)}. Whole content or an exception; after an exception the target may have
     * received a part, every byte of it checked.
     *
     * <pre>{@code
     * ByteArrayOutputStream start = new ByteArrayOutputStream();
     * FileInfo info = client.get("reports/2026.pdf", start, GetOptions.defaults().withRange(0, 100));
     * }</pre>
     *
     * @return the version that was read
     */
    public FileInfo get(String name, OutputStream target, GetOptions options) throws IOException {
        Names.check(name);
        return reader.get(name, target, options);
    }

    /** Makes or replaces the target, atomically, when the whole content is there and forced to disk. */
    public FileInfo get(String name, Path target) throws IOException {
        return get(name, target, GetOptions.defaults());
    }

    /** As {@link #get(String, Path)}. A target that is no regular file, such as a pipe, is written to directly. */
    public FileInfo get(String name, Path target, GetOptions options) throws IOException {
        Names.check(name);
        if (options.parallel() > 1) {
            return new ParallelGet(reader, routing::chain, name, target, options).run();
        }
        if (options.resume().isPresent()) {
            return new ResumedGet(reader, name, target, options).run();
        }
        try (FileTarget file = FileTarget.open(target)) {
            FileInfo info = reader.get(name, file.stream(), options);
            file.commit();
            return info;
        }
    }

    /** As {@link #open(String, GetOptions)}, of the newest version. */
    public SeekableByteChannel open(String name) {
        return open(name, GetOptions.defaults());
    }

    /**
     * Opens one version for reads at any place: the one that is the newest now, or the one that the options name. Later
     * writes don't show; should retention give the version up, reads fail with {@code VERSION_PRUNED}. For a stream, see
     * {@link java.nio.channels.Channels#newInputStream}. Range and progress of the options have no meaning here.
     *
     * <pre>{@code
     * try (SeekableByteChannel file = client.open("reports/2026.pdf", GetOptions.defaults())) {
     *     ByteBuffer end = ByteBuffer.allocate(16);
     *     file.position(Math.max(0, file.size() - 16)).read(end);
     * }
     * }</pre>
     */
    public SeekableByteChannel open(String name, GetOptions options) {
        Names.check(name);
        return new VersionChannel(reader, reader.stat("open", name, options), options);
    }

    public FileInfo stat(String name) {
        return stat(name, GetOptions.defaults());
    }

    /**
     * What is known of a version. Range and progress of the options have no meaning here.
     *
     * <pre>{@code
     * FileInfo info = client.stat("reports/2026.pdf", GetOptions.defaults().withConsistency(Consistency.EVENTUAL));
     * System.out.println(info.length() + " bytes, as " + info.answered().node() + " knows it");
     * }</pre>
     */
    public FileInfo stat(String name, GetOptions options) {
        Names.check(name);
        return reader.stat(name, options);
    }

    /**
     * A page of files, by name.
     *
     * <pre>{@code
     * ListPage page = client.list(ListOptions.prefix("reports/"));
     * page.files().forEach(file -> System.out.println(file.name()));
     * }</pre>
     */
    public ListPage list(ListOptions options) {
        return reader.list(options);
    }

    /**
     * The file's versions, newest first, deletions and given-up ones among them; fails with {@code NOT_FOUND} when there is none.
     *
     * <pre>{@code
     * VersionPage page = client.versions("reports/2026.pdf", VersionOptions.all());
     * page.versions().forEach(version -> System.out.println(version.file().version() + " " + version.deleted()));
     * }</pre>
     */
    public VersionPage versions(String name, VersionOptions options) {
        Names.check(name);
        return reader.versions(name, options);
    }

    /** All files whose names begin with the prefix. Pages are fetched while you iterate, each as of its own time. */
    public Iterable<FileInfo> listAll(String prefix) {
        ListOptions first = ListOptions.prefix(prefix);
        return () -> new PagedFiles(reader, first);
    }

    public Receipt delete(String name) {
        return delete(name, DeleteOptions.defaults());
    }

    /**
     * Deletes the file, or one of its old versions; fails with {@code NOT_FOUND} when there is none.
     *
     * <pre>{@code
     * FileVersion seen = client.stat("reports/2026.pdf").version();
     * client.delete("reports/2026.pdf", DeleteOptions.defaults().ifVersion(seen));
     * }</pre>
     *
     * <p>Of a version that newer ones have followed no node shows anything from the answer on, and its bytes are given back, as far
     * as no other version has them too. The receipt's version is then the place of the deletion in the log, and not one of the file.
     * {@code VERSION_PRUNED} when it has gone already, {@code CHANGE_REFUSED} when it is the newest.
     */
    public Receipt delete(String name, DeleteOptions options) {
        Names.check(name);
        return writer.delete(name, options);
    }

    /** As {@link #copy(String, String, CopyOptions)}, of the newest version, whatever the target holds. */
    public Receipt copy(String source, String target) {
        return copy(source, target, CopyOptions.defaults());
    }

    /**
     * Gives the target the content of the source, without moving a byte: both share it. Fails with {@code NOT_FOUND} when there is
     * no source.
     *
     * <pre>{@code
     * FileVersion good = client.stat("reports/2026.pdf").version();
     * // Later: what was good comes back, as a new version.
     * client.copy("reports/2026.pdf", "reports/2026.pdf", CopyOptions.defaults().withSourceVersion(good));
     * }</pre>
     */
    public Receipt copy(String source, String target, CopyOptions options) {
        return give("copy '" + source + "'", source, target, options, false);
    }

    private Receipt give(String what, String source, String target, CopyOptions options, boolean removes) {
        Names.check(target);
        return writer.change(
                        what,
                        target,
                        options.writeId(),
                        List.of(Transaction.copyStep(source, target, options, removes)))
                .get(0);
    }

    /** As {@link #move(String, String, CopyOptions)}, whatever the target holds. */
    public Receipt move(String source, String target) {
        return move(source, target, CopyOptions.defaults());
    }

    /**
     * Renames a file, at one point in time: no reader sees both names, or none. Fails with {@code NOT_FOUND} when there is none.
     *
     * <pre>{@code
     * client.move("reports/2026.pdf", "archive/2026.pdf", CopyOptions.defaults().ifAbsent());
     * }</pre>
     */
    public Receipt move(String source, String target, CopyOptions options) {
        return give("move '" + source + "'", source, target, options, true);
    }

    /**
     * Collects changes of several files, to be done at once.
     *
     * <pre>{@code
     * List<Receipt> receipts = client.transaction()
     *         .copy("reports/2026.pdf", "archive/2026.pdf")
     *         .delete("reports/2026.pdf")
     *         .commit();
     * }</pre>
     */
    public Transaction transaction() {
        return new Transaction(writer);
    }

    /**
     * The same operations without waiting for them: each runs on a thread of the executor, which it keeps to its end. In
     * an application server, give its {@code ManagedExecutorService}.
     *
     * <pre>{@code
     * CompletableFuture<Receipt> receipt = client.async(executor).put("reports/new.pdf", Path.of("2026.pdf"));
     * receipt.thenAccept(done -> System.out.println(done.version())).join();
     * }</pre>
     */
    public AsyncCraqClient async(Executor runner) {
        return new AsyncCraqClient(this, runner);
    }

    /**
     * The chain as the manager has it configured now.
     *
     * <pre>{@code
     * client.chain().members().forEach(member -> System.out.println(member.nodeId() + " " + member.role()));
     * }</pre>
     */
    public ChainInfo chain() {
        return retry.atManager("ask for the chain", routing::chain);
    }

    @Override
    public void close() {
        connections.close();
        channels.close();
    }

    /** Settings of a client; every one has a default. */
    public static final class Builder {
        private List<String> managers = List.of("127.0.0.1:9005");
        private Duration progressTimeout = Duration.ofSeconds(30);
        private Duration operationTimeout = Duration.ofSeconds(60);
        private Executor executor;
        private boolean hedgedReads;

        private Builder() {}

        /** host:port of each manager's gRPC server; they are tried in turn. Default 127.0.0.1:9005. */
        public Builder manager(String... hostPort) {
            managers = Names.addresses(hostPort);
            return this;
        }

        /** How long a stream may stand still; there is no limit on a whole transfer. Default 30 s. */
        public Builder progressTimeout(Duration timeout) {
            progressTimeout = positive(timeout);
            return this;
        }

        /**
         * How long to go on repeating an operation that makes no progress. Default 60 s. As long as no manager has ever
         * answered this client, it is 5 s at most: a wrong address is told soon.
         */
        public Builder operationTimeout(Duration timeout) {
            operationTimeout = positive(timeout);
            return this;
        }

        /** Runs the client's callbacks, which never block. Default: a few threads of the client's own. */
        public Builder executor(Executor value) {
            executor = value;
            return this;
        }

        /**
         * Whether a read of content also asks a second member, and takes what comes first, when the first takes longer to begin than 95 % of
         * the last reads did; for no more than 5 % of all reads, and none that names a node. For when the slowest reads matter more
         * than the load that this adds. Default: not.
         */
        public Builder hedgedReads(boolean value) {
            hedgedReads = value;
            return this;
        }

        /** Connects to nothing yet. */
        public CraqClient build() {
            return new CraqClient(this);
        }

        private static Duration positive(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("a timeout is longer than nothing: " + timeout);
            }
            return timeout;
        }
    }
}
