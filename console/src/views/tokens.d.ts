/** Cloudscape's tokens that our own drawings use: `var()`s that follow dark and light. The build finds them. */
declare module 'virtual:tokens' {
  export const borderRadiusInput: string;
  export const borderRadiusItem: string;
  export const colorBackgroundCodeEditorGutterDefault: string;
  export const colorBackgroundContainerContent: string;
  export const colorBackgroundDropdownItemHover: string;
  export const colorBackgroundInputDefault: string;
  export const colorBackgroundItemSelected: string;
  export const colorBackgroundPopover: string;
  export const colorBorderDividerDefault: string;
  export const colorBorderInputDefault: string;
  export const colorBorderItemFocused: string;
  export const colorBorderStatusError: string;
  export const colorBorderStatusInfo: string;
  export const colorBorderStatusSuccess: string;
  export const colorBorderStatusWarning: string;
  export const colorTextBodyDefault: string;
  export const colorTextBodySecondary: string;
  export const colorTextLinkDefault: string;
  export const colorTextStatusError: string;
  export const colorTextStatusInfo: string;
  export const colorTextStatusSuccess: string;
  export const colorTextStatusWarning: string;
  export const fontFamilyMonospace: string;
  export const fontSizeBodyS: string;
}
