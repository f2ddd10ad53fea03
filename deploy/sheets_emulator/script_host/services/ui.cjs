/**
 * Dialogs and menus. What is shown is recorded; the answers were given when the run was asked for,
 * in the order of the questions. A run that nobody watches (a trigger's) has no Ui at all.
 * https://developers.google.com/apps-script/reference/base/ui
 */
const Button = { OK: 'OK', CANCEL: 'CANCEL', YES: 'YES', NO: 'NO', CLOSE: 'CLOSE' };
const ButtonSet = { OK: 'OK', OK_CANCEL: 'OK_CANCEL', YES_NO: 'YES_NO', YES_NO_CANCEL: 'YES_NO_CANCEL' };

function makeMenu(bridge, title) {
  const items = [];
  const menu = {
    addItem(caption, functionName) {
      items.push({ caption, functionName });
      return menu;
    },
    addSeparator() {
      items.push({ separator: true });
      return menu;
    },
    addSubMenu() {
      return menu;
    },
    addToUi() {
      bridge.record.menus.push({ title, items });
    },
  };
  return menu;
}

function makeUi(bridge) {
  const answers = [...bridge.execution.answers];
  const next = () => answers.shift() ?? null;
  const dialog = (kind, parts) => {
    const texts = parts.filter((part) => !(part in ButtonSet));
    bridge.record.dialogs.push({ kind, title: texts.length > 1 ? texts[0] : '', message: texts.at(-1) });
    return next();
  };
  return {
    Button,
    ButtonSet,
    createMenu: (title) => makeMenu(bridge, title),
    createAddonMenu: () => makeMenu(bridge, 'Extensions'),
    alert: (...parts) => dialog('alert', parts) ?? (parts.includes(ButtonSet.OK) ? Button.OK : Button.CLOSE),
    prompt(...parts) {
      const answer = dialog('prompt', parts);
      return {
        getSelectedButton: () => (answer === null ? Button.CLOSE : Button.OK),
        getResponseText: () => answer ?? '',
      };
    },
  };
}

module.exports = { makeUi };
