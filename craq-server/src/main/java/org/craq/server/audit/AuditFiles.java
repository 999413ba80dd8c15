package org.craq.server.audit;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.craq.server.OwnerOnly;

/**
 * The files of an audit trail, one a day. A line has the digest of the line before, across files. After a failure the
 * next {@link #append} opens the file again and cuts off what was written in part. Not thread-safe.
 */
final class AuditFiles implements Closeable {
    private static final Logger LOG = System.getLogger(AuditFiles.class.getName());
    private static final Pattern NAME = Pattern.compile("audit-(\\d{4}-\\d{2}-\\d{2})\\.log");
    private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d{1,18})");
    private static final String LOCK = "lock";
    private static final int END = '\n';
    /** Longer than any line. */
    private static final int TAIL_BYTES = 1 << 20;

    private final Path directory;
    private final int keepDays;
    private final String cluster;
    private final String server;
    private Optional<FileChannel> lock = Optional.empty();
    private Optional<FileChannel> file = Optional.empty();
    private LocalDate day = LocalDate.MIN;
    /** How long the file is with the lines that are complete. */
    private long good;

    private boolean known;
    private long seq;
    private String before = AuditLine.NONE_BEFORE;

    /**
     * Creates it; nothing is opened yet.
     *
     * @param keepDays how many days files are kept; 0: for ever
     */
    AuditFiles(Path directory, int keepDays, String cluster, String server) {
        this.directory = directory;
        this.keepDays = keepDays;
        this.cluster = cluster;
        this.server = server;
    }

    /** Opens the file of a day, and finds the line with which the chain continues. */
    void open(LocalDate today) throws IOException {
        if (file.isPresent() && !today.isAfter(day)) {
            return;
        }
        if (lock.isEmpty()) {
            OwnerOnly.createDirectory(directory);
            lock = Optional.of(lock());
        }
        NavigableMap<LocalDate, Path> files = files();
        // A clock that was wrong must not spoil the order of the files.
        LocalDate next = files.isEmpty() || today.isAfter(files.lastKey()) ? today : files.lastKey();
        boolean same = next.equals(day);
        closeFile();
        FileChannel opened = OwnerOnly.open(
                path(next), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        file = Optional.of(opened);
        day = next;
        good = known && same ? Math.min(good, opened.size()) : complete(opened);
        if (!known) {
            continueFrom(opened, files.headMap(next, false).descendingMap().values());
        }
        if (good < opened.size()) {
            LOG.log(
                    Level.WARNING,
                    "the last line of {0} was not complete, as after a crash; its {1} bytes are cut off",
                    path(day),
                    opened.size() - good);
            opened.truncate(good);
        }
        forget(today);
    }

    private FileChannel lock() throws IOException {
        FileChannel channel =
                OwnerOnly.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.log(Level.DEBUG, "another deployment in this process has the lock", e);
        }
        channel.close();
        throw new IOException(
                "another server writes its audit trail to " + directory + "; give each its own craq.audit.dir");
    }

    private Path path(LocalDate date) {
        return directory.resolve("audit-" + date + ".log");
    }

    private NavigableMap<LocalDate, Path> files() throws IOException {
        NavigableMap<LocalDate, Path> found = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Matcher name = NAME.matcher(each.getFileName().toString());
                if (name.matches()) {
                    try {
                        found.put(LocalDate.parse(name.group(1)), each);
                    } catch (DateTimeParseException e) {
                        LOG.log(Level.DEBUG, "not a file of the audit trail: {0}", each);
                    }
                }
            }
        }
        return found;
    }

    /** Reads the last complete line, of this file or else of the newest that has one. */
    private void continueFrom(FileChannel opened, Collection<Path> formerNewestFirst) throws IOException {
        Optional<byte[]> last = last(opened, good);
        for (Path each : formerNewestFirst) {
            if (last.isPresent()) {
                break;
            }
            try (FileChannel channel = FileChannel.open(each, StandardOpenOption.READ)) {
                last = last(channel, complete(channel));
            }
        }
        last.ifPresent(line -> {
            before = AuditLine.digest(line);
            Matcher number = SEQ.matcher(new String(line, StandardCharsets.UTF_8));
            seq = number.find() ? Long.parseLong(number.group(1)) : 0;
        });
        known = true;
    }

    /** Returns how long a file is without an incomplete last line. */
    private static long complete(FileChannel file) throws IOException {
        long size = file.size();
        byte[] tail = tail(file, size);
        int end = tail.length;
        while (end > 0 && tail[end - 1] != END) {
            end--;
        }
        return size - (tail.length - end);
    }

    private static Optional<byte[]> last(FileChannel file, long size) throws IOException {
        byte[] tail = tail(file, size);
        if (tail.length == 0) {
            return Optional.empty();
        }
        int begin = tail.length - 1;
        while (begin > 0 && tail[begin - 1] != END) {
            begin--;
        }
        return Optional.of(Arrays.copyOfRange(tail, begin, tail.length - 1));
    }

    private static byte[] tail(FileChannel file, long size) throws IOException {
        ByteBuffer tail = ByteBuffer.allocate((int) Math.min(size, TAIL_BYTES));
        int count = 0;
        while (tail.hasRemaining() && count >= 0) {
            count = file.read(tail, size - tail.capacity() + tail.position());
        }
        return Arrays.copyOf(tail.array(), tail.position());
    }

    private void forget(LocalDate today) throws IOException {
        if (keepDays > 0) {
            for (Path old : files().headMap(today.minusDays(keepDays), false).values()) {
                Files.deleteIfExists(old);
                LOG.log(Level.INFO, "{0} is older than {1} days and was deleted", old, keepDays);
            }
        }
    }

    /**
     * Appends records, all or none of them.
     *
     * @throws IOException if they could not be written; they may be appended again
     */
    void append(List<AuditRecord> records) throws IOException {
        try {
            open(LocalDate.now(ZoneOffset.UTC));
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            long number = seq;
            String digest = before;
            for (AuditRecord record : records) {
                byte[] line = AuditLine.bytes(AuditLine.of(record, ++number, cluster, server, digest));
                digest = AuditLine.digest(line);
                lines.writeBytes(line);
                lines.write(END);
            }
            ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
            while (bytes.hasRemaining()) {
                file.orElseThrow().write(bytes, good + bytes.position());
            }
            good += bytes.limit();
            seq = number;
            before = digest;
        } catch (IOException | RuntimeException e) {
            closeFile();
            throw e;
        }
    }

    private void closeFile() {
        try {
            for (FileChannel open : file.stream().toList()) {
                if (open.isOpen()) {
                    open.force(true);
                }
                open.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a file of the audit trail could not be closed", e);
        }
        file = Optional.empty();
    }

    @Override
    public void close() throws IOException {
        closeFile();
        if (lock.isPresent()) {
            lock.get().close();
            lock = Optional.empty();
        }
    }
}
