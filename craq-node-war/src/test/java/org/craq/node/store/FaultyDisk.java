package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A disk in memory that is worse than a real one: it reads and writes fewer bytes than requested, fails at the
 * operation that the test chooses, fills up, rots, and after a crash keeps any subset of what was not forced, torn
 * anywhere. It fails the test when a failed force is repeated, or when a write leaves a hole.
 */
public final class FaultyDisk implements Disk {
    /** What goes wrong at an operation. */
    public enum Fault {
        /** The operation fails; a write may have been done in part. */
        ERROR,
        /** No space is left; a write may have been done in part. */
        FULL,
        /** The machine stops. */
        CRASH
    }

    /** The machine has stopped: no code of the program runs after this. */
    public static final class Crashed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Random random;
    private final Map<String, MemoryFile> files = new TreeMap<>();
    /** Deleted files, which may reappear after a crash. */
    private final Map<String, MemoryFile> ghosts = new HashMap<>();

    private final Set<String> durableNames = new HashSet<>();
    private long capacity = Long.MAX_VALUE;
    private long operations;
    private long faultAt = -1;
    private Fault fault = Fault.ERROR;
    private boolean stopped;
    private boolean nameForceFailed;

    public FaultyDisk(Random random) {
        this.random = random;
    }

    // ---- what the test controls ----

    /** Makes the n-th operation from now on fail, and no other. */
    public synchronized void failAt(long n, Fault how) {
        faultAt = operations + n;
        fault = how;
    }

    public synchronized void heal() {
        faultAt = -1;
        capacity = Long.MAX_VALUE;
    }

    public synchronized boolean faultHasPassed() {
        return faultAt > 0 && operations >= faultAt;
    }

    /** Returns the number of operations so far that can fail. */
    public synchronized long operations() {
        return operations;
    }

    public synchronized void leaveFree(long bytes) {
        capacity = used() + bytes;
    }

    public synchronized long used() {
        return files.values().stream().mapToLong(file -> file.size).sum();
    }

    public synchronized int fileCount() {
        return files.size();
    }

    /** Flips one bit permanently. */
    public synchronized void rot(String name, long position) {
        MemoryFile file = files.get(name);
        file.bytes[(int) position] = (byte) (file.bytes[(int) position] ^ (1 << random.nextInt(8)));
        if (position < file.durable.length) {
            file.durable[(int) position] = file.bytes[(int) position];
        }
    }

    /** Returns true if an existing file holds these bytes at a chunk's location. */
    synchronized boolean holds(ChunkLocation at, byte[] wanted) {
        MemoryFile file = files.get(at.segment());
        int from = (int) at.position() + ChunkHeader.BYTES;
        return file != null
                && file.size >= at.end()
                && Arrays.equals(file.bytes, from, from + wanted.length, wanted, 0, wanted.length);
    }

    /** Crashes, and returns the disk as the next process finds it. This one can't be used any more. */
    public synchronized FaultyDisk crash() {
        stopped = true;
        FaultyDisk after = new FaultyDisk(random);
        files.forEach((name, file) -> {
            if (durableNames.contains(name) || random.nextBoolean()) {
                after.put(name, file.afterCrash());
            }
        });
        ghosts.forEach((name, file) -> {
            if (durableNames.contains(name) && !files.containsKey(name) && random.nextBoolean()) {
                after.put(name, file.afterCrash());
            }
        });
        return after;
    }

    /** Returns the disk after its process has ended normally. */
    public synchronized FaultyDisk restart() {
        stopped = true;
        FaultyDisk after = new FaultyDisk(random);
        files.forEach((name, file) -> after.put(name, Arrays.copyOf(file.bytes, (int) file.size)));
        return after;
    }

    private void put(String name, byte[] content) {
        MemoryFile file = new MemoryFile(name);
        file.bytes = content.clone();
        file.size = content.length;
        file.durable = content.clone();
        files.put(name, file);
        durableNames.add(name);
    }

    private boolean due() {
        if (stopped) {
            throw new Crashed();
        }
        return ++operations == faultAt;
    }

    private void fail() throws IOException {
        if (fault == Fault.CRASH) {
            stopped = true;
            throw new Crashed();
        }
        throw new IOException(fault == Fault.FULL ? "No space left on device" : "Input/output error");
    }

    private void step() throws IOException {
        if (due()) {
            fail();
        }
    }

    // ---- what the store sees ----

    @Override
    public synchronized List<String> list() throws IOException {
        step();
        return List.copyOf(files.keySet());
    }

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        step();
        if (files.containsKey(name)) {
            throw new IOException(name + " exists");
        }
        MemoryFile file = new MemoryFile(name);
        files.put(name, file);
        return file;
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        step();
        if (!files.containsKey(name)) {
            throw new IOException(name + " does not exist");
        }
        return files.get(name);
    }

    @Override
    public synchronized void replace(String name, byte[] content) throws IOException {
        boolean due = due();
        if (!due || random.nextBoolean()) {
            put(name, content);
        }
        if (due) {
            fail();
        }
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        step();
        MemoryFile file = files.remove(name);
        if (file != null) {
            ghosts.put(name, file);
        }
    }

    @Override
    public synchronized void forceNames() throws IOException {
        if (nameForceFailed) {
            throw new AssertionError("a failed force of names was repeated");
        }
        nameForceFailed = true;
        step();
        nameForceFailed = false;
        durableNames.clear();
        durableNames.addAll(files.keySet());
        ghosts.clear();
    }

    @Override
    public synchronized long usableBytes() {
        return Math.max(0, capacity - used());
    }

    @Override
    public synchronized long totalBytes() {
        return 1L << 40;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "memory";
    }

    /** A change that was not forced yet: as a whole, and as torn by a crash in the middle of it. */
    private record Change(UnaryOperator<byte[]> whole, UnaryOperator<byte[]> torn) {}

    private final class MemoryFile implements DiskFile {
        private final String name;
        private byte[] bytes = new byte[256];
        private long size;
        private byte[] durable = new byte[0];
        private final List<Change> unforced = new ArrayList<>();
        private boolean forceFailed;

        MemoryFile(String name) {
            this.name = name;
        }

        @Override
        public int write(long position, ByteBuffer... parts) throws IOException {
            synchronized (FaultyDisk.this) {
                boolean due = due();
                if (position > size) {
                    throw new AssertionError("a hole in " + name + ": " + position + " after " + size);
                }
                int wanted =
                        Arrays.stream(parts).mapToInt(ByteBuffer::remaining).sum();
                long room = Math.max(0, position + wanted - size) > usableBytes() ? usableBytes() : wanted;
                int part = (int) Math.min(room, random.nextInt(3) == 0 ? 1 + random.nextInt(wanted) : wanted);
                if (due && fault == Fault.CRASH && random.nextBoolean()) {
                    part = 0;
                }
                byte[] written = new byte[part];
                int taken = 0;
                for (ByteBuffer each : parts) {
                    int count = Math.min(each.remaining(), part - taken);
                    each.get(written, taken, count);
                    taken += count;
                }
                put(written, position);
                if (due) {
                    fail();
                }
                if (room < wanted && part == room) {
                    throw new IOException("No space left on device");
                }
                return part;
            }
        }

        private void put(byte[] written, long position) {
            unforced.add(new Change(
                    before -> part(before, written, position, written.length),
                    before -> part(before, written, position, random.nextInt(Math.max(1, written.length)))));
            if (position + written.length > bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.max(bytes.length * 2L, position + written.length));
            }
            System.arraycopy(written, 0, bytes, (int) position, written.length);
            size = Math.max(size, position + written.length);
        }

        private static byte[] part(byte[] before, byte[] written, long position, int part) {
            byte[] after = Arrays.copyOf(before, (int) Math.max(before.length, position + part));
            System.arraycopy(written, 0, after, (int) position, part);
            return after;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (FaultyDisk.this) {
                step();
                if (position >= size) {
                    return -1;
                }
                int most = (int) Math.min(into.remaining(), size - position);
                int part = random.nextInt(3) == 0 ? 1 + random.nextInt(most) : most;
                into.put(bytes, (int) position, part);
                return part;
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (FaultyDisk.this) {
                step();
                return size;
            }
        }

        @Override
        public void truncate(long position) throws IOException {
            synchronized (FaultyDisk.this) {
                step();
                if (position < size) {
                    size = position;
                    unforced.add(new Change(
                            before -> Arrays.copyOf(before, (int) Math.min(before.length, position)),
                            UnaryOperator.identity()));
                }
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (FaultyDisk.this) {
                if (forceFailed) {
                    throw new AssertionError("a failed force of " + name + " was repeated");
                }
                forceFailed = true;
                try {
                    step();
                } catch (IOException e) {
                    // What should have been written is lost, though it can still be read.
                    unforced.clear();
                    throw e;
                }
                forceFailed = false;
                unforced.forEach(change -> durable = change.whole().apply(durable));
                unforced.clear();
            }
        }

        @Override
        public void close() {}

        /** Returns the durable bytes with all, none, a first part or any subset of what was not forced. */
        byte[] afterCrash() {
            byte[] left = durable;
            int whole = random.nextInt(unforced.size() + 1);
            boolean inOrder = random.nextBoolean();
            for (int i = 0; i < unforced.size(); i++) {
                boolean kept = inOrder ? i < whole : random.nextBoolean();
                if (kept) {
                    left = unforced.get(i).whole().apply(left);
                } else if (inOrder ? i == whole : random.nextInt(4) == 0) {
                    left = unforced.get(i).torn().apply(left);
                }
            }
            return left;
        }
    }
}
