package org.craq.server;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Parses JSON requests, and refuses whatever could be read in two ways. Most parsers silently choose one reading: they
 * replace bytes that are not UTF-8, ignore one of two equal keys, and ignore what follows the document.
 */
public final class StrictJson {
    /** Maximum nesting depth of objects and arrays. */
    public static final int MAX_DEPTH = 32;
    /** Maximum length of a number in characters; no request needs a number at all. */
    public static final int MAX_NUMBER_LENGTH = 64;

    private static final JsonProvider JSON = JsonProvider.provider();

    private final JsonParser parser;
    private int depth;

    private StrictJson(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Parses the object that a body consists of.
     *
     * @throws IllegalArgumentException saying what is wrong with the body
     */
    public static JsonObject object(byte[] body) {
        try (JsonParser parser = JSON.createParser(new StringReader(text(body)))) {
            StrictJson json = new StrictJson(parser);
            if (parser.next() != Event.START_OBJECT) {
                throw new IllegalArgumentException("the body is not a JSON object");
            }
            JsonObject read = json.object();
            if (parser.hasNext()) {
                throw new IllegalArgumentException("the body continues after the JSON object");
            }
            return read;
        } catch (JsonException | NoSuchElementException e) {
            throw new IllegalArgumentException("the body is not a JSON object: " + e.getMessage(), e);
        }
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the body is not UTF-8, as JSON requires", e);
        }
    }

    private JsonObject object() {
        deeper();
        JsonObjectBuilder object = JSON.createObjectBuilder();
        Set<String> keys = new HashSet<>();
        while (parser.next() != Event.END_OBJECT) {
            String key = string();
            if (!keys.add(key)) {
                throw new IllegalArgumentException("the body has the key '" + key + "' twice in one object");
            }
            object.add(key, value(parser.next()));
        }
        depth--;
        return object.build();
    }

    private JsonValue array() {
        deeper();
        JsonArrayBuilder array = JSON.createArrayBuilder();
        for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
            array.add(value(event));
        }
        depth--;
        return array.build();
    }

    private void deeper() {
        depth++;
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("the body has objects and arrays nested deeper than " + MAX_DEPTH);
        }
    }

    private JsonValue value(Event event) {
        return switch (event) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> JSON.createValue(string());
            case VALUE_NUMBER -> number();
            case VALUE_TRUE -> JsonValue.TRUE;
            case VALUE_FALSE -> JsonValue.FALSE;
            case VALUE_NULL -> JsonValue.NULL;
            default -> throw new IllegalArgumentException("the body is not a JSON object");
        };
    }

    /** Returns a string. An escape can denote half of a surrogate pair, which is not a character. */
    private String string() {
        String text = parser.getString();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("the body has an escape \\u that is an unpaired surrogate");
        }
        return text;
    }

    private JsonValue number() {
        String text = parser.getString();
        if (text.length() > MAX_NUMBER_LENGTH) {
            throw new IllegalArgumentException(
                    "the body has a number of more than " + MAX_NUMBER_LENGTH + " characters");
        }
        return JSON.createValue(new BigDecimal(text));
    }
}
