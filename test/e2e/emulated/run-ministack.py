"""Runs ministack with what AWS does, and this version of it does not, put right.

Each change is the least that lets policies be judged as AWS judges them. An attribute that is no longer
there ends the start with its name, so that a newer version is looked at before it is trusted.
"""

from ministack import app
from ministack.core import iam_actions
from ministack.services.cloudformation import provisioners

# The permission for a call that carries several messages is that for one message:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
BATCH_CALLS = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}

action_of = iam_actions.extract_iam_action


def permission_for(*request):
    action = action_of(*request)
    return BATCH_CALLS.get(action, action)


iam_actions.extract_iam_action = permission_for

handlers = provisioners._RESOURCE_HANDLERS

# `Ref` of a secret is its ARN, and policies name it so; here it is its name:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
secrets = handlers["AWS::SecretsManager::Secret"]
create, update, delete = secrets["create"], secrets["update"], secrets["delete"]


def name_of(arn):
    return arn.rsplit(":", 1)[-1].rsplit("-", 1)[0] if arn.startswith("arn:") else arn


def create_secret(*resource):
    _name, attributes = create(*resource)
    return attributes["Id"], attributes


def update_secret(arn, *resource):
    _name, attributes = update(name_of(arn), *resource)
    return attributes["Id"], attributes


def delete_secret(arn, properties):
    return delete(name_of(arn), properties)


secrets.update(create=create_secret, update=update_secret, delete=delete_secret)

# An update forgets which name it gave to a table, and would replace the table with all its rows by an empty
# one, whatever it is that changes.
tables = handlers["AWS::DynamoDB::GlobalTable"]
update_table = tables["update"]


def update_named_table(name, old, new, *stack):
    return update_table(name, old, {"TableName": name, **new}, *stack)


tables["update"] = update_named_table

# Kinds that it doesn't know, or not in the form that we use: they are taken, and do nothing.
def take(kind):
    def create(logical_id, _properties, stack_name):
        name = provisioners._physical_name(stack_name, logical_id)
        return name, {"Arn": f"arn:aws:cloudwatch:::{kind}:{name}", "QueryDefinitionId": name}

    return create


def keep(name, *_resource):
    return name, {}


def forget(*_resource):
    pass


for kind in ("AWS::CloudWatch::CompositeAlarm", "AWS::Logs::QueryDefinition"):
    assert kind not in handlers, f"{kind} is known by now"
    handlers[kind] = {"create": take(kind), "update": keep, "delete": forget}

# An alarm on an expression over several metrics.
alarms = handlers["AWS::CloudWatch::Alarm"]
create_alarm, update_alarm = alarms["create"], alarms.get("update")


def create_any_alarm(logical_id, properties, stack_name):
    create = take("alarm") if "Metrics" in properties else create_alarm
    return create(logical_id, properties, stack_name)


def update_any_alarm(name, old, new, *resource, **named):
    is_plain = update_alarm and "Metrics" not in old and "Metrics" not in new
    return update_alarm(name, old, new, *resource, **named) if is_plain else keep(name)


alarms.update(create=create_any_alarm, update=update_any_alarm)

# It would listen on port 443 too, for the sake of Cognito.
bindable = app._port_is_bindable
app._port_is_bindable = lambda host, port: port != 443 and bindable(host, port)

app.main()
