package org.craq.manager.admin;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.craq.server.StrictJson;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * A small JSON object in a request. It is parsed here, as servers differ in how they treat a body that is not JSON, and
 * their messages do not say how to correct it.
 */
final class JsonBody {
    private static final int MAX_BYTES = 256 << 10;

    private final JsonObject object;

    private JsonBody(JsonObject object) {
        this.object = object;
    }

    /**
     * Reads a body; an empty one is an empty object.
     *
     * @param names of the members it may have
     * @throws CraqException CONTENT_TOO_LARGE, INVALID_ARGUMENT saying what is wrong
     */
    static JsonBody of(InputStream body, Set<String> names) throws IOException {
        byte[] text = body.readNBytes(MAX_BYTES + 1);
        if (text.length > MAX_BYTES) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE, "the body may have at most " + MAX_BYTES + " bytes of JSON");
        }
        if (text.length == 0) {
            return new JsonBody(JsonValue.EMPTY_JSON_OBJECT);
        }
        JsonObject object;
        try {
            object = StrictJson.object(text);
        } catch (IllegalArgumentException e) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, e.getMessage(), e);
        }
        object.keySet().stream().filter(name -> !names.contains(name)).findAny().ifPresent(name -> {
            throw invalid("there is no member '" + name + "'; there may be "
                    + names.stream().sorted().toList());
        });
        return new JsonBody(object);
    }

    static CraqException invalid(String what) {
        return new CraqException(ErrorCode.INVALID_ARGUMENT, what);
    }

    /** Returns a text; empty if there is no such member. */
    Optional<String> text(String name) {
        JsonValue value = object.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof JsonString text) {
            return Optional.of(text.getString());
        }
        throw invalid(name + " must be a text");
    }

    /** Returns a text that must be there. */
    String required(String name) {
        return text(name).orElseThrow(() -> invalid("the body must have the member '" + name + "'"));
    }

    Optional<Boolean> flag(String name) {
        JsonValue value = object.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value == JsonValue.TRUE || value == JsonValue.FALSE) {
            return Optional.of(value == JsonValue.TRUE);
        }
        throw invalid(name + " must be true or false");
    }

    /** Returns a whole number from 1 to a limit. */
    Optional<Long> number(String name, long most) {
        JsonValue value = object.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(value.toString());
            if (number >= 1 && number <= most) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, name + " must be a whole number from 1 to " + most, e);
        }
        throw invalid(name + " must be a whole number from 1 to " + most);
    }

    Optional<List<String>> texts(String name) {
        JsonValue value = object.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value.getValueType() == JsonValue.ValueType.ARRAY
                && value.asJsonArray().stream().allMatch(JsonString.class::isInstance)) {
            return Optional.of(value.asJsonArray().getValuesAs(JsonString::getString));
        }
        throw invalid(name + " must be a list of texts");
    }
}
