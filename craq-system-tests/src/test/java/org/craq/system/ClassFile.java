package org.craq.system;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A compiled class, read from its bytes (JVM specification, chapter 4): neither the class nor the classes that it
 * refers to have to be loaded. Names are in the form of class files, with {@code /}.
 *
 * @param parents the superclass, if there is one, and the interfaces
 * @param members the members that it declares
 * @param referred the members of other classes that its code refers to; a class without a member is referred to by an
 *     empty member name
 */
record ClassFile(String name, List<String> parents, Set<Member> members, Set<Reference> referred) {
    /** A field or a method. */
    record Member(String name, String descriptor) {
        @Override
        public String toString() {
            return name + descriptor;
        }
    }

    /**
     * A reference to a class, or to a member, which may be declared by the class or by its ancestors. A reference to a
     * class has an empty member name.
     */
    record Reference(String owner, Member member) {
        boolean ofClassAlone() {
            return member.name().isEmpty();
        }
    }

    private static final Member NONE = new Member("", "");
    private static final int MAGIC = 0xCAFEBABE;
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int METHOD_HANDLE = 15;
    private static final int FIELD = 9;
    private static final int INTERFACE_METHOD = 11;
    private static final int NAME_AND_TYPE = 12;

    static ClassFile read(byte[] bytes) throws IOException {
        DataInputStream input = new DataInputStream(new ByteArrayInputStream(bytes));
        if (input.readInt() != MAGIC) {
            throw new IOException("not a class file");
        }
        input.skipNBytes(4);
        Pool pool = Pool.read(input);
        input.skipNBytes(2);
        String name = pool.className(input.readUnsignedShort());
        List<String> parents = new ArrayList<>();
        int superclass = input.readUnsignedShort();
        if (superclass != 0) {
            parents.add(pool.className(superclass));
        }
        for (int left = input.readUnsignedShort(); left > 0; left--) {
            parents.add(pool.className(input.readUnsignedShort()));
        }
        Set<Member> members = new HashSet<>();
        members(input, pool, members);
        members(input, pool, members);
        return new ClassFile(name, List.copyOf(parents), Set.copyOf(members), pool.references());
    }

    private static void members(DataInputStream input, Pool pool, Set<Member> members) throws IOException {
        for (int left = input.readUnsignedShort(); left > 0; left--) {
            input.skipNBytes(2);
            members.add(new Member(pool.text(input.readUnsignedShort()), pool.text(input.readUnsignedShort())));
            for (int attributes = input.readUnsignedShort(); attributes > 0; attributes--) {
                input.skipNBytes(2);
                input.skipNBytes(Integer.toUnsignedLong(input.readInt()));
            }
        }
    }

    /** The constant pool: texts, and pairs of indexes of other constants. */
    private static final class Pool {
        private final int[] tags;
        private final String[] texts;
        private final int[][] places;

        private Pool(int size) {
            tags = new int[size];
            texts = new String[size];
            places = new int[size][];
        }

        static Pool read(DataInputStream input) throws IOException {
            int size = input.readUnsignedShort();
            Pool pool = new Pool(size);
            for (int at = 1; at < size; at++) {
                int tag = input.readUnsignedByte();
                pool.tags[at] = tag;
                switch (tag) {
                    case UTF8 -> pool.texts[at] = input.readUTF();
                    case CLASS, 8, 16, 19, 20 -> pool.places[at] = new int[] {input.readUnsignedShort()};
                    case METHOD_HANDLE -> input.skipNBytes(3);
                    case LONG, DOUBLE -> {
                        input.skipNBytes(8);
                        at++;
                    }
                    default -> pool.places[at] = new int[] {input.readUnsignedShort(), input.readUnsignedShort()};
                }
            }
            return pool;
        }

        String text(int at) {
            return texts[at];
        }

        String className(int at) {
            return texts[places[at][0]];
        }

        Set<Reference> references() {
            Set<Reference> found = new HashSet<>();
            for (int at = 1; at < tags.length; at++) {
                if (tags[at] == CLASS) {
                    found.add(new Reference(className(at), NONE));
                } else if (tags[at] >= FIELD && tags[at] <= INTERFACE_METHOD) {
                    int[] pair = places[places[at][1]];
                    found.add(new Reference(className(places[at][0]), new Member(text(pair[0]), text(pair[1]))));
                } else if (tags[at] == NAME_AND_TYPE || tags[at] == UTF8) {
                    found.addAll(typesOf(texts[tags[at] == UTF8 ? at : places[at][1]]));
                }
            }
            return found;
        }

        /**
         * Returns the classes in a descriptor: types of parameters, fields and annotations. Other texts contain none.
         */
        private static Set<Reference> typesOf(String text) {
            Set<Reference> found = new HashSet<>();
            if (DESCRIPTOR.matcher(text).matches()) {
                for (int from = text.indexOf('L'); from >= 0; from = text.indexOf('L', text.indexOf(';', from))) {
                    found.add(new Reference(text.substring(from + 1, text.indexOf(';', from)), NONE));
                }
            }
            return found;
        }
    }

    private static final Pattern DESCRIPTOR;

    static {
        String type = "\\[*([BCDFIJSZV]|L[\\w$]+(/[\\w$]+)+;)";
        DESCRIPTOR = Pattern.compile("\\((" + type + ")*\\)" + type + "|" + type);
    }
}
